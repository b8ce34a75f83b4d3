/** How vitest finds and runs the TypeScript tests: in Node, unless a file asks for a DOM. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    exclude: ['node_modules/**', '.venv/**', 'lib/**'],
    environment: 'node',
    restoreMocks: true,
    // Two cores are what a small machine has; more workers only wait for each other.
    maxWorkers: 2,
    testTimeout: 15_000
  }
});
