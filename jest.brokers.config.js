import base from './jest.config.js';

/** Tests against real servers in containers, one file after another. */
export default {
  ...base,
  testMatch: ['<rootDir>/{packages,services,platform,charts,test}/**/*.brokers.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/.tradewind/'],
  globalSetup: '<rootDir>/test/brokers/global-setup.js',
  globalTeardown: '<rootDir>/test/brokers/global-teardown.js',
  testTimeout: 120_000,
  maxWorkers: 1,
};
