/** Loads configs from memory: what a test says, not what the machine has. */
import { dirname, join } from 'node:path';
import { formatDiagnostics } from '../../src/config/diagnostic.ts';
import { type LoadOptions, type LoadResult, loadConfig } from '../../src/config/load.ts';
import type { FileReader } from '../../src/config/reader.ts';
import type { ProcessSpec } from '../../src/core/program.ts';

/** Files by absolute path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export const MAIN = '/etc/tm/main.yaml';

/** A reader of these files and no others. */
export function memoryReader(files: Files): FileReader {
  return {
    read: path => {
      const file = files[path];
      if (file === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return typeof file === 'string' ? new TextEncoder().encode(file) : file;
    },
    list: dir => {
      const below = Object.keys(files).filter(path => path.startsWith(join(dir, '/')));
      return [...new Set(below.map(path => path.slice(join(dir, '/').length).split('/')[0] ?? ''))];
    },
    exists: path => Object.keys(files).some(file => file === path || dirname(file).startsWith(path)),
  };
}

/** Loads a config that is one text, or several files with `MAIN` among them. */
export function load(files: string | Files, options: Partial<LoadOptions> = {}): LoadResult {
  const all = typeof files === 'string' ? { [MAIN]: files } : files;
  return loadConfig(MAIN, {
    env: { HOME: '/home/me', EMPTY: '' },
    isRoot: false,
    allowRoot: false,
    hostname: 'box',
    cwd: '/etc/tm',
    read: memoryReader(all),
    ...options,
  });
}

/** What a user would read about a config. */
export function complaints(files: string | Files, options: Partial<LoadOptions> = {}): string {
  return formatDiagnostics(load(files, options).diagnostics, { color: false, cwd: '/etc/tm' });
}

/** The processes of a config that must have no mistakes, though it may have warnings. */
export function processes(files: string | Files, options: Partial<LoadOptions> = {}): readonly ProcessSpec[] {
  const { config, diagnostics } = load(files, options);
  if (config === undefined) throw new Error(formatDiagnostics(diagnostics, { color: false }));
  return config.processes;
}

/** The only process of a program with these keys. */
export function processWith(keys: string, options: Partial<LoadOptions> = {}): ProcessSpec {
  const indented = keys.replace(/^(?=.)/gm, '    ');
  const [first] = processes(`programs:\n  web:\n${indented}\n`, options);
  if (first === undefined) throw new Error('the program has no process');
  return first;
}
