// Gives the commands their run bit: tsc does not, and `npm link` and a checkout on PATH need it.
import { chmodSync, readdirSync } from 'node:fs';

const bin = new URL('../dist/bin/', import.meta.url);
for (const name of readdirSync(bin)) chmodSync(new URL(name, bin), 0o755);
