import base from './jest.config.js';

const { ONLY: only, E2E_SHORT: short } = process.env;
/** What needs no load, so that it takes a minute, and any installation will do. */
const SHORT = 'admitted,stranger,foreign-topic-and-queue,wrong-values';
/** Beginnings of files' names. */
const names = (only || (short === '1' ? SHORT : '')).split(',');

/** Failures of the platform in a cluster of kind, one file after another. */
export default {
  ...base,
  testMatch: names.map((name) => `<rootDir>/e2e/kind/${name}*.test.ts`),
  globalSetup: undefined,
  globalTeardown: undefined,
  testTimeout: 600_000,
  maxWorkers: 1,
};
