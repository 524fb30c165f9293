#!/usr/bin/env node
import { processHost } from '../client/host.ts';
import { main } from '../client/main.ts';

process.exitCode = await main(process.argv.slice(2), processHost());
