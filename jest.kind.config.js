import base from './jest.config.js';

const { ONLY: only = '', E2E_SHORT: short } = process.env;
/** A failure of each kind: what CI takes. */
const TELLING = ['pod-killed', 'pod-hung', 'kafka-broker-killed', 'rabbitmq-killed', 'postgres-killed', 'rolling-update'];

/** Failures of the platform in a cluster of kind, one file after another. */
export default {
  ...base,
  testMatch: short === '1' ? TELLING.map((name) => `<rootDir>/e2e/kind/${name}.test.ts`) : [`<rootDir>/e2e/kind/${only}*.test.ts`],
  globalSetup: undefined,
  globalTeardown: undefined,
  testTimeout: 600_000,
  maxWorkers: 1,
};
