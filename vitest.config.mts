/** Vitest runs the TypeScript tests in Node, except in files that request a DOM. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    exclude: ['node_modules/**', '.venv/**', 'lib/**'],
    environment: 'node',
    restoreMocks: true,
    // A small machine has two cores; more workers would only wait for each other.
    maxWorkers: 2,
    testTimeout: 15_000
  }
});
