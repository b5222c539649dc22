import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,integration,e2e,faults}/**/*.test.ts'],
    // Every file that opens the embedded engine needs a process of its own: one data directory per process.
    pool: 'forks',
    maxWorkers: 2,
    // A limit for what hangs, never a measure of speed: machines that check may be many times slower.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
