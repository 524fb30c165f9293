import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real programs are started: a file at a time on each of two workers keeps a two-core machine honest.
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/support/leaks.ts'],
    // .ci/run reads the counts from the file.
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.vitest.json' }]] : ['default'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
