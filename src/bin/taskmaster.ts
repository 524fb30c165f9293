#!/usr/bin/env node
// Both in one. Until the control shell is there to be opened, it is the daemon in the foreground.
import { fileURLToPath } from 'node:url';
import { main } from '../daemon/cli.ts';
import { leave } from '../daemon/leaving.ts';

await leave(await main(process.argv.slice(2), fileURLToPath(import.meta.url)));
