import { defineConfig } from 'vitest/config';

/** Rooms of which every test is pure: their files share one process and its modules, which saves the loading of them. */
const PURE = ['core', 'config', 'protocol', 'terminal', 'screens'].map(room => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Real programs are started: a file at a time on each of two workers keeps a two-core machine honest.
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/support/leaks.ts'],
    // .ci/run reads the counts from the file.
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.vitest.json' }]] : ['default'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'real', include: ['test/**/*.test.ts'], exclude: PURE } },
    ],
  },
});
