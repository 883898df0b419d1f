import { defineConfig } from 'vitest/config';

import { SecurityReport } from './test/support/security-report.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    reporters: ['default', new SecurityReport()],
    globalSetup: ['test/support/postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The machine this is measured on has two cores.
    maxWorkers: 2,
  },
});
