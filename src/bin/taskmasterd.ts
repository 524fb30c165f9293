#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { main } from '../daemon/cli.ts';

process.exitCode = await main(process.argv.slice(2), fileURLToPath(import.meta.url));
