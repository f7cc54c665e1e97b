import tearDownPostgres from '../global-teardown.js';

export default async function tearDown() {
  await Promise.allSettled([globalThis.tradewindTestBrokers?.(), tearDownPostgres()]);
}
