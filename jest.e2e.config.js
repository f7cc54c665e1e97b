import base from './jest.config.js';

const { ONLY: only = '', E2E_SHORT: short } = process.env;
/** `kafka-killed` is one test of kafka-down.test.ts. */
const file = only.replace(/-(killed|stopped|restarted)$/, '-down');

/** Failures of the whole platform in containers and processes, one file after another. */
export default {
  ...base,
  testMatch: [`<rootDir>/e2e/${short === '1' ? 'three-faults' : `${file}*`}.test.ts`],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/.tradewind/', ...(short === '1' ? [] : ['three-faults'])],
  globalSetup: '<rootDir>/e2e/harness/containers.js',
  globalTeardown: undefined,
  testTimeout: 600_000,
  maxWorkers: 1,
};
