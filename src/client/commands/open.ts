import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, type Run, UsageError } from '../verb.ts';

/** supervisorctl's scheme for a socket. */
const SCHEME = /^unix:\/\//;

export const run: Run = async ({ shell, session: { host } }, { words: [place = ''] }) => {
  if (/^https?:/.test(place)) {
    throw new UsageError('open takes a config or a socket: there is no daemon to be reached over the network');
  }
  const path = place.startsWith('file://') ? fileURLToPath(place) : resolve(host.cwd, place.replace(SCHEME, ''));
  const isSocket = SCHEME.test(place) || statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  return (await shell?.open(isSocket ? { socket: path } : { config: path })) ?? EXIT.done;
};
