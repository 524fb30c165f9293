#!/usr/bin/env node
import { processHost } from '../client/host.ts';
import { main } from '../client/main.ts';
import { EXIT } from '../client/verb.ts';

const code = await main(process.argv.slice(2), processHost());
if (code === EXIT.hungUp) (await import('../runtime/hangup.ts')).exitFromTerminal(code);
// Leaving at once is safe, as every write to a file, a pipe or a terminal is done when it returns (Node on POSIX).
process.exit(code);
