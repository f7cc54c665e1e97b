import { workflow, type WorkflowContext } from '@restatedev/restate-sdk';
import { settleOrder, type NewOrder } from '../shop/saga.ts';
import { openPremises, serveShop } from '../shop/serve.ts';
import { openTables } from '../shop/table-store.ts';
import { runHandlers } from './handlers.ts';

/** The shop on Restate, on the data folder it is given: handlers and tables as DBOS has them, the journal in Restate's server. */
const [, , folder = ''] = process.argv;
const { url, provider, close } = await openPremises(folder, ['shop']);
const tables = await openTables({ url: url('shop'), connections: 10 });
const ended = new Set<string>();
const orders = workflow({
  name: 'orders',
  handlers: {
    async run(ctx: WorkflowContext, order: NewOrder) {
      const outcome = await settleOrder(order, (name, work) => ctx.run(name, work), { ask: tables.ask, provider });
      ended.add(order.orderId);
      return outcome;
    },
  },
});
const restate = await runHandlers([orders], `${folder}/restate`);
await serveShop(tables.store, {
  start: (order) => restate.call(`/orders/${order.orderId}/run/send`, order),
  ended: () => ended.size,
}, {
  async check() {
    const calls = await restate.underWay();
    return [...await tables.imbalances(), ...(calls === 0 ? [] : [`${calls} workflows have not ended`])];
  },
  async stop() {
    await restate.stop();
    await tables.close();
    await close();
  },
});
