import type { Problem } from '../core/problem.ts';

/**
 * What can go wrong, once: the code on the wire, its HTTP status, and what `taskmasterctl` exits with. The exit codes
 * are supervisorctl's as measured on 4.2.5 (design, section 3).
 */
export const ERRORS = {
  bad_request: { status: 400, exit: 2 },
  bad_signal: { status: 400, exit: 1 },
  protocol_mismatch: { status: 400, exit: 1 },
  no_such_process: { status: 404, exit: 1 },
  no_such_program: { status: 404, exit: 1 },
  no_such_group: { status: 404, exit: 1 },
  no_such_alert: { status: 404, exit: 1 },
  no_such_route: { status: 404, exit: 1 },
  method_not_allowed: { status: 405, exit: 1 },
  too_large: { status: 413, exit: 1 },
  input_full: { status: 429, exit: 1 },
  not_running: { status: 409, exit: 7 },
  already_started: { status: 409, exit: 0 },
  already_active: { status: 409, exit: 0 },
  still_running: { status: 409, exit: 1 },
  upgrade_required: { status: 426, exit: 1 },
  bad_config: { status: 422, exit: 1 },
  spawn_error: { status: 500, exit: 7 },
  abnormal_termination: { status: 500, exit: 7 },
  failed: { status: 500, exit: 1 },
  shutting_down: { status: 503, exit: 1 },
  too_many_connections: { status: 503, exit: 1 },
} as const satisfies Record<string, { status: number; exit: number }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error that is an answer: thrown by handlers, sent as `{error: {code, message}}`, thrown again by the client. */
export class WireError extends Error {
  readonly code: ErrorCode;
  /** What is wrong with a config, where that is the matter. */
  readonly problems: readonly Problem[] | undefined;

  constructor(code: ErrorCode, message: string, problems?: readonly Problem[]) {
    super(message);
    this.name = 'WireError';
    this.code = code;
    this.problems = problems;
  }
}

export interface ErrorBody {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly problems?: readonly Problem[] };
}

/** Reads an error from a reply's body; undefined when it is none. */
export function parseErrorBody(body: unknown): WireError | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return undefined;
  const code = isErrorCode(error.code) ? error.code : 'failed';
  const problems = 'problems' in error && Array.isArray(error.problems) ? (error.problems as Problem[]) : undefined; // a daemon of the same protocol sends what it says
  return new WireError(code, String(error.message), problems);
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
