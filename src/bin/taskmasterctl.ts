#!/usr/bin/env node
import { processHost } from '../client/host.ts';
import { main } from '../client/main.ts';

// Leaving at once is safe, as every write to a file, a pipe or a terminal is done when it returns (Node on POSIX).
process.exit(await main(process.argv.slice(2), processHost()));
