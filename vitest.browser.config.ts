import { defineConfig } from 'vitest/config';

/** The pages in a real browser: apart from the other tests, for not every machine has one. */
export default defineConfig({
  test: {
    include: ['test/browser/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 400_000,
    hookTimeout: 180_000,
  },
});
