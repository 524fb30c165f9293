import { getSystemErrorMap } from 'node:util';

/** The system's own words for one of its errors: `no space left on device`. */
export function describeErrno(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  return getSystemErrorMap().get(errno)?.[1] ?? error.message;
}
