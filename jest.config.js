/** One runner for the whole tree; a test stands beside what it tests. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    }],
  },
  testMatch: ['<rootDir>/{packages,services,platform,charts,test,e2e/harness,e2e/kind/harness}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/.tradewind/', '\\.brokers\\.test\\.ts$'],
  globalSetup: '<rootDir>/test/global-setup.js',
  globalTeardown: '<rootDir>/test/global-teardown.js',
  testTimeout: 30_000,
  maxWorkers: 2,
};
