#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { main } from '../daemon/cli.ts';

// Not left to the event loop: a thread that waits for a program which nothing ends would keep it.
process.exit(await main(process.argv.slice(2), fileURLToPath(import.meta.url)));
