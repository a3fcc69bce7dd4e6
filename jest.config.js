import { availableParallelism } from 'node:os';
import process from 'node:process';
import './scripts/own-home.mjs';

const swc = (tsx) => [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', tsx },
      transform: { react: { runtime: 'automatic', importSource: 'preact' } },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const bundles = {
  globalSetup: '<rootDir>/scripts/test-bundle.mjs',
  resolver: '<rootDir>/scripts/test-resolver.mjs',
};

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/packages/*/test/**/*.test.{ts,tsx}', '<rootDir>/{test,examples}/**/*.test.{ts,tsx}'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testEnvironment: 'node',
  // A net for hung tests, wide enough for a loaded machine; no test is about time.
  testTimeout: 120_000,
  // Coverage is about the sources of all packages, so that it loads them instead of their bundles.
  ...(process.argv.includes('--coverage') ? {} : bundles),
  testSequencer: '<rootDir>/scripts/test-order.mjs',
  // Many suites wait for processes, sockets and timers: three workers on two cores, so that the others use the processor.
  // A percentage above 100 would be read as a number of workers.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Node.js keeps the modules of ended suites (vm contexts): a worker that holds them all spends its time on garbage collection.
  workerIdleMemoryLimit: '1GB',
  testEnvironmentOptions: { customExportConditions: ['clarity-source', 'node', 'node-addons'] },
  transform: { '^.+\\.ts$': swc(false), '^.+\\.tsx$': swc(true) },
  coverageProvider: 'v8',
  collectCoverageFrom: ['packages/*/src/**/*.{ts,tsx}', '!packages/*/src/ports/**'],
};
