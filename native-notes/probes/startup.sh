#!/bin/sh
# What loading modules adds to a bare start of Node: medians of 15, in ms. Run from within the repository.
cd "$(dirname "$0")/../.." || exit 1
for code in '0' 'import("node:http")' 'import("node-pty/lib/utils.js")' 'import("yaml")' 'import("ws")' 'import("pino")' 'import("commander")'; do
  node --input-type=module -e '
    import { spawnSync } from "node:child_process";
    const times = [];
    for (let i = 0; i < 15; i++) { const start = performance.now(); spawnSync(process.execPath, ["--input-type=module", "-e", process.argv[1]]); times.push(performance.now() - start); }
    console.log(process.argv[1].padEnd(34), times.sort((a, b) => a - b)[7].toFixed(0));' "$code"
done
