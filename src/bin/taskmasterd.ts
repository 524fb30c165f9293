#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { main } from '../daemon/cli.ts';
import { leave } from '../daemon/leaving.ts';

await leave(await main(process.argv.slice(2), fileURLToPath(import.meta.url)));
