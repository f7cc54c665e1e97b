import { DBOS } from '@dbos-inc/dbos-sdk';
import { settleOrder, type NewOrder, type Step } from '../shop/saga.ts';
import { openPremises, serveShop } from '../shop/serve.ts';
import { openTables } from '../shop/table-store.ts';

/** The shop on DBOS in this process, on the data folder it is given. */
const [, , folder = ''] = process.argv;
const { url, provider, close } = await openPremises(folder, ['shop']);
const tables = await openTables({ url: url('shop'), connections: Number(process.env.SHOP_CONNECTIONS || 10) });
const step: Step = (name, work) => DBOS.runStep(work, { name });
const saga = DBOS.registerWorkflow((order: NewOrder) => settleOrder(order, step, { ask: tables.ask, provider }), { name: 'order-saga' });
DBOS.setConfig({
  name: 'shop', systemDatabaseUrl: url('shop'), systemDatabasePoolSize: Number(process.env.DBOS_CONNECTIONS || 10),
  logLevel: 'error', useListenNotify: false,
});
await DBOS.launch();
let ended = 0;
await serveShop(tables.store, {
  async start(order, key) {
    const handle = await DBOS.startWorkflow(saga, { workflowID: key })(order);
    void handle.getResult().then(() => { ended += 1; });
  },
  ended: () => ended,
}, {
  check: () => tables.imbalances(),
  async stop() {
    await DBOS.shutdown();
    await tables.close();
    await close();
  },
});
