import { resolve } from 'node:path';
import { atHome, statsAt } from '../completion/directory.ts';
import { EXIT, type Run, UsageError } from '../verb.ts';

/** supervisorctl's scheme for a socket, and what names a file elsewhere. */
const SCHEME = /^(unix|file):\/\//;

export const run: Run = async ({ shell, session: { host } }, { words: [place = ''] }) => {
  if (/^https?:/.test(place)) {
    throw new UsageError('open takes a config or a socket: there is no daemon to be reached over the network');
  }
  const path = resolve(host.cwd, atHome(place.replace(SCHEME, ''), host.env));
  const isSocket = place.startsWith('unix:') || statsAt(path)?.isSocket() === true;
  return (await shell?.open(isSocket ? { socket: path } : { config: path })) ?? EXIT.done;
};
