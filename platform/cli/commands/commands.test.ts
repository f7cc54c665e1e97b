import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrokers } from '@tradewind/embedded/brokers.ts';
import { exchanges, queueOf } from '@tradewind/events/topology.ts';
import { paymentKey } from '@tradewind/payments/provider/port.ts';
import { openPostgresBook } from '@tradewind/payments/provider/postgres/book.ts';
import { RunningPlatform, withClient } from '../../../test/running-platform.ts';
import { tradewind as onFolder } from '../../../test/tradewind.ts';

jest.setTimeout(120_000);

let running: RunningPlatform;
let customerId: string;
let productIds: string[];
beforeAll(async () => {
  running = await RunningPlatform.start();
  ({ customerId, productIds } = await running.stocked({ products: 2, stock: 1_000, price: 1_250, credit: 100_000_000 }));
});
afterAll(() => running.stop());

const tradewind = (...args: string[]) => onFolder(running.platform.folder, args);
async function json<Value>(...args: string[]): Promise<Value> {
  const { out, err, code } = await tradewind(...args, '--json');
  if (err || code > 1) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as Value;
}
const done = (out: unknown) => ({ code: 0, out, err: '', shown: expect.any(String) });
const placed = (...more: string[]) => json<{ orderId: string }>('orders', 'place', '--customer', customerId, '--line', `${productIds[0]}:2`, ...more);

async function until(there: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !(await there()); await sleep(20)) if (Date.now() > end) throw new Error('it took too long');
}

test('an order is placed, followed to its end, read and listed', async () => {
  const { code, out } = await tradewind('orders', 'place', '--customer', customerId, '--line', `${productIds[0]}:2`, '--line', productIds[1]!, '--id', 'o-watched', '--watch');
  expect({ code, lines: out.split('\n') }).toEqual({ code: 0, lines: expect.arrayContaining(['o-watched  placed  EUR 37.50', expect.stringMatching(/confirmed {2}saga ended$/)]) });
  expect(await tradewind('orders', 'get', 'o-watched')).toEqual(done(expect.stringMatching(/^status +confirmed$[^]*^lines +2 × .* at EUR 12\.50, 1 × /m)));
  expect(await json('orders', 'get', 'o-watched')).toMatchObject({ orderId: 'o-watched', status: 'confirmed', saga: 'ended' });
  expect(await tradewind('orders', 'list', '--customer', customerId, '--status', 'confirmed')).toEqual(done(expect.stringMatching(/^ORDER .*\no-watched .* confirmed .* EUR 37\.50 /)));
  expect(await tradewind('orders', 'watch', 'o-watched')).toEqual(done(expect.stringMatching(/confirmed {2}saga ended$/)));
  expect(await tradewind('orders', 'cancel', 'o-watched')).toEqual(
    { code: 2, out: '', err: 'tradewind: Order o-watched is confirmed (order-already-confirmed)', shown: '' });
});

test('an order that fails ends what follows it with 1, and says why', async () => {
  const { code, out } = await tradewind('orders', 'place', '--customer', customerId, '--line', productIds[0]!, '--payment-method', 'card-declined', '--watch', '--json');
  const lines = out.split('\n').map((line) => JSON.parse(line) as object);
  expect({ code, last: lines.at(-1) }).toMatchObject({ code: 1, last: { status: 'cancelled', reason: 'payment-declined', saga: 'ended' } });
});

test('the same key is the same order', async () => {
  const [one, other] = [await placed('--key', 'twice'), await placed('--key', 'twice')];
  expect(other).toEqual(one);
});

test('a list goes over as many pages as it takes', async () => {
  const body = { customerId: 'c-lister', paymentMethod: 'card-ok', lines: [{ productId: productIds[0]!, quantity: 1 }] };
  const ids = (await Promise.all(Array.from({ length: 120 }, () => running.place(body)))).map(({ body: { orderId } }) => orderId);
  await Promise.all(ids.map((id) => running.orderOnce(id)));
  const list = async (...more: string[]) => (await json<{ orderId: string }[]>('orders', 'list', '--customer', 'c-lister', ...more)).map(({ orderId }) => orderId);
  expect(new Set(await list('--limit', '1000'))).toEqual(new Set(ids));
  expect(await list('--limit', '110')).toHaveLength(110);
  expect(await list('--before', '2020-01-01T00:00:00Z')).toEqual([]);
});

test('customers are registered, read and given other credit', async () => {
  expect(await json('customers', 'register', '--id', 'c-cli', '--name', 'Ada', '--credit-limit', '50.25')).toMatchObject(
    { customerId: 'c-cli', creditLimit: { amount: 5_025, currency: 'EUR' } });
  expect(await tradewind('customers', 'get', 'c-cli')).toEqual(done(expect.stringMatching(/^available +EUR 50\.25$/m)));
  expect(await json('customers', 'get', 'c-cli')).toMatchObject({ name: 'Ada' });
  expect(await tradewind('customers', 'credit-limit', 'c-cli', '75')).toEqual(done(expect.stringMatching(/^credit limit +EUR 75\.00$/m)));
  expect(await json('customers', 'register', '--name', 'Jun', '--credit-limit', '900', '--currency', 'JPY')).toMatchObject({ creditLimit: { amount: 900 } });
});

test('products are registered, read, listed and delivered', async () => {
  expect(await json('products', 'register', '--id', 'a-cli', '--name', 'Chart', '--price', '1.20', '--stock', '3')).toMatchObject({ price: { amount: 120 }, available: 3 });
  expect(await tradewind('products', 'receive', 'a-cli', '4', '--key', 'd-1')).toEqual(done(expect.stringMatching(/^available +7$/m)));
  expect(await json('products', 'receive', 'a-cli', '4', '--key', 'd-1')).toMatchObject({ available: 7 });
  expect(await json('products', 'get', 'a-cli')).toMatchObject({ received: 7 });
  expect(await tradewind('products', 'list', '--limit', '1')).toEqual(done(expect.stringMatching(/^PRODUCT .*\na-cli +Chart +EUR 1\.20 +7 /)));
});

test('a parked saga is listed, shown with its story, and resumed', async () => {
  const provider = running.databases['provider'] ?? '';
  const { orderId } = await withClient(provider, async (client) => {
    await client.query('begin');
    await client.query('lock table entries in exclusive mode');
    const order = await placed('--payment-method', 'card-refund-fails');
    await running.orderOnce(order.orderId, ({ saga }) => saga === 'taking-payment');
    const patient = ['orders', 'place', '--customer', customerId, '--line', productIds[0]!, '--wait', '50ms'];
    expect(await tradewind(...patient)).toMatchObject({ code: 3, err: '', out: expect.stringMatching(/^\S+ {2}placed {2}EUR 12\.50/) });
    expect(await tradewind('orders', 'watch', order.orderId, '--wait', '50ms')).toMatchObject({ code: 3, out: expect.stringMatching(/placed {2}saga taking-payment$/) });
    expect(await tradewind('orders', 'cancel', order.orderId)).toEqual(done(`${order.orderId}  cancelled`));
    await client.query('commit');
    return order;
  });
  await running.orderOnce(orderId, ({ saga }) => saga === 'compensation-failed');
  expect(await json('sagas', 'list')).toMatchObject({ counts: { 'compensation-failed': 1 }, parked: [{ orderId, step: 'refund-payment' }] });
  expect(await tradewind('sagas', 'show', orderId)).toEqual(done(expect.stringMatching(/: cancelled, saga compensation-failed\n[^]*OrderPlaced|placed[^]*\n\nParked at refund-payment since /)));
  expect(await json('sagas', 'show', orderId)).toMatchObject({ saga: 'compensation-failed', parked: { step: 'refund-payment' }, events: expect.arrayContaining([expect.objectContaining({ event: 'OrderCancelled' })]) });
  const book = await openPostgresBook({ url: provider, connections: 1 });
  await book.mend(paymentKey(orderId)).finally(() => book.close());
  expect(await tradewind('sagas', 'resume', orderId)).toEqual(done(`The saga of ${orderId} goes on.`));
  await running.orderOnce(orderId);
  expect(await tradewind('sagas', 'list')).toEqual(done(expect.stringContaining('None is parked.')));
  expect(await tradewind('sagas', 'resume', orderId)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('saga-not-parked') });
});

test('a read model is rebuilt while its orders stay readable, and there is a way back', async () => {
  const [before] = await json('projections', 'list') as { behind: number; rebuild: object; generations: object[] }[];
  expect(before).toEqual({ name: 'order-history', behind: expect.any(Number), rebuild: expect.objectContaining({ state: 'never' }), generations: [expect.objectContaining({ name: 'live' })] });
  expect(await tradewind('projections', 'switch', 'order-history')).toMatchObject({ code: 2, err: expect.stringContaining('no new generation') });
  expect(await tradewind('projections', 'rollback', 'order-history')).toMatchObject({ code: 2, err: expect.stringContaining('nothing-retired') });
  const { code, out, shown } = await tradewind('projections', 'rebuild', 'order-history');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^done {2}[\d,]+ records\ncompared {2}equal: .* placed, .* audit entries, digest [0-9a-f]{16}$/) });
  expect(shown).toMatch(/^rebuilding {2}\[/);
  expect(await tradewind('projections', 'list')).toEqual(done(expect.stringMatching(/order-history live [^]*order-history retired /)));
  expect(await tradewind('projections', 'rollback', 'order-history')).toEqual(expect.objectContaining({ code: 0, out: expect.stringMatching(/^done .*\ncompared {2}equal/) }));
  expect(await tradewind('projections', 'drop-old', 'order-history')).toEqual(done('The earlier generation of order-history is gone: there is no way back to it.'));
  expect(await tradewind('projections', 'discard', 'order-history')).toEqual(done('There is no new generation.'));
  expect(await json('projections', 'rebuild', 'order-history', '--from-scratch', '--no-wait')).toMatchObject({ state: 'running' });
  await until(async () => (await tradewind('projections', 'list')).out.includes(' done '));
});

test('a dead letter is listed, shown and put back', async () => {
  const queue = queueOf.ReserveCredit;
  const brokers = await openBrokers({ topology: 'embedded', databases: running.databases });
  const envelope = {
    specversion: '1.0' as const, id: randomUUID(), source: '/test', type: 'tradewind.customers.reserve-credit.v99', subject: 'nobody', time: new Date().toISOString(),
    datacontenttype: 'application/json' as const, partitionkey: 'o-dead', correlationid: 'o-dead', causationid: 'test', data: {},
  };
  await brokers.tasks.publish([{ exchange: exchanges.commands, routingKey: queue, envelope }]).finally(() => brokers.close());
  const letters = () => json<{ id: string; queue: string }[]>('dead-letters', 'list');
  await until(async () => (await letters()).length === 1);
  const [letter] = await letters();
  expect(letter).toMatchObject({ queue, envelope: { id: envelope.id } });
  expect(await tradewind('dead-letters', 'list', '--queue', queue)).toEqual(done(expect.stringMatching(new RegExp(`^QUEUE .*\n${queue} +${letter!.id} .* o-dead `))));
  expect(await tradewind('dead-letters', 'show', queue, letter!.id)).toEqual(done(expect.stringContaining(`"id": "${envelope.id}"`)));
  expect(await tradewind('dead-letters', 'redrive', queue, letter!.id, '999999')).toMatchObject({ code: 1, out: `1 of 2 put back into ${queue}` });
  await until(async () => { const [again] = await letters(); return again !== undefined && again.id !== letter!.id; });
  expect(await json('dead-letters', 'redrive', queue, '--all')).toEqual({ queue, redriven: 1 });
  await until(async () => (await letters()).length === 1);
  await withClient(running.databases['brokers'] ?? '', (client) => client.query('delete from tasks.dead'));
  expect(await tradewind('dead-letters', 'list')).toEqual(done('There is no dead letter.'));
});

test('the end of the log is printed, and followed until Ctrl-C', async () => {
  const { out } = await tradewind('events', 'tail', '--order', 'o-watched', '--topic', 'orders', '-n', '100');
  expect(out.split('\n')[0]).toMatch(/^\S+Z {2}order\.placed\.v\d+ +order-o-watched@1$/);
  expect(out.split('\n').at(-1)).toContain('saga.ended');
  expect((await tradewind('events', 'tail', '-n', '3')).out.split('\n')).toHaveLength(3);
  const stop = new AbortController();
  const lines: { correlationid: string; type: string }[] = [];
  const following = onFolder(running.platform.folder, ['events', 'tail', '-n', '0', '--follow', '--json', '--type', 'order.'], {
    interrupted: () => stop.signal, out: (text) => void lines.push(JSON.parse(text) as (typeof lines)[number]),
  });
  await until(async () => { await placed(); return lines.length > 0; });
  const { orderId } = await placed();
  await until(() => lines.filter((line) => line.correlationid === orderId).length === 2);
  stop.abort();
  expect((await following).code).toBe(130);
  expect(lines.filter((line) => line.correlationid === orderId).map(({ type }) => type)).toEqual([expect.stringContaining('order.placed'), expect.stringContaining('order.confirmed')]);
});

test('status says what is ready and how much is where, in colour on a terminal that has it', async () => {
  await until(async () => (await tradewind('status')).code === 0); // a busy machine may answer the gateway's question too late
  const plain = await tradewind('status');
  expect(plain).toEqual(done(expect.stringMatching(/^SERVICE +STATE\n(\S+ +ready\n)+/m)));
  expect(plain.out).not.toContain('\u001b');
  expect(await json('status')).toMatchObject({ gateway: running.platform.origin, services: { orders: 'ready', payments: 'ready' }, brokers: { log: 'postgres' }, queues: expect.arrayContaining([expect.objectContaining({ dead: 0 })]) });
  expect((await onFolder(running.platform.folder, ['status'], { colour: true })).out).toContain('\u001b[32mready\u001b[39m');
});

test('a token and the ledger as JSON', async () => {
  const { token } = await json<{ token: string }>('token', '--role', 'operator');
  expect((await running.exchange('GET', '/orders', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  await running.verdict();
  expect(await json('ledger', 'check', '--wait', '30s')).toMatchObject({ holds: true, inFlight: 0 });
});

test('Ctrl-C while following an order ends with 130, and the order goes on', async () => {
  await withClient(running.databases['provider'] ?? '', async (client) => {
    await client.query('begin');
    await client.query('lock table entries in exclusive mode');
    const { orderId } = await placed();
    const stop = new AbortController();
    const following = onFolder(running.platform.folder, ['orders', 'watch', orderId], { interrupted: () => stop.signal });
    await running.orderOnce(orderId, ({ saga }) => saga === 'taking-payment');
    stop.abort();
    expect((await following).code).toBe(130);
    await client.query('commit');
    expect(await running.orderOnce(orderId)).toMatchObject({ status: 'confirmed' });
  });
});

const place = ['orders', 'place', '--customer', 'c-1'];
const wrong: [string, string[], RegExp][] = [
  ['an order of nothing', place, /--line/],
  ['an order of nobody', ['orders', 'place', '--line', 'p-1'], /--customer/],
  ['a quantity that is none', [...place, '--line', 'p-1:two'], /PRODUCT:QUANTITY/],
  ['a quantity of none', [...place, '--line', 'p-1:0'], /PRODUCT:QUANTITY/],
  ['an unknown product', [...place, '--line', 'p-nowhere'], /product-unknown/],
  ['an id that cannot be one', [...place, '--line', 'p-1', '--id', '../x'], /--id: Invalid/],
  ['an unknown order', ['orders', 'get', 'o-nowhere'], /no order o-nowhere \(order-unknown\)/],
  ['an order id with a slash', ['orders', 'get', '../customers'], /route-unknown/],
  ['an unknown order to cancel', ['orders', 'cancel', 'o-nowhere'], /order-unknown/],
  ['a status that there is not', ['orders', 'list', '--status', 'lost'], /lost/],
  ['a time that is none', ['orders', 'list', '--after', 'yesterday'], /--after: Invalid/],
  ['a limit of none', ['orders', 'list', '--limit', '0'], /from 1 to/],
  ['a time to wait that is none', ['orders', 'watch', 'o-1', '--wait', 'long'], /60s/],
  ['an amount that is none', ['customers', 'register', '--name', 'Ada', '--credit-limit', '1,50'], /no amount in EUR; write it as 12\.50/],
  ['a currency that is none', ['customers', 'register', '--name', 'Ada', '--credit-limit', '1', '--currency', 'Euro'], /ISO 4217/],
  ['a customer without a name', ['customers', 'register', '--name', '', '--credit-limit', '1'], /--name: Give/],
  ['an unknown customer', ['customers', 'get', 'c-nowhere'], /customer-unknown/],
  ['credit of an unknown customer', ['customers', 'credit-limit', 'c-nowhere', '5'], /customer-unknown/],
  ['a price with too many decimals', ['products', 'register', '--name', 'X', '--price', '1.005'], /no amount/],
  ['an unknown product to look at', ['products', 'get', 'p-nowhere'], /product-unknown/],
  ['a delivery of nothing', ['products', 'receive', 'p-1', '0'], /from 1 to/],
  ['a delivery of an unknown product', ['products', 'receive', 'p-nowhere', '1'], /product-unknown/],
  ['a projection that there is not', ['projections', 'rebuild', 'nothing'], /order-history/],
  ['an unknown queue', ['dead-letters', 'list', '--queue', 'nowhere'], /nowhere/],
  ['an unknown dead letter', ['dead-letters', 'show', queueOf.ReserveCredit, '12'], /no dead letter 12/],
  ['dead letters of which nobody said which', ['dead-letters', 'redrive', queueOf.ReserveCredit], /ids, or --all/],
  ['dead letters all and some', ['dead-letters', 'redrive', queueOf.ReserveCredit, '1', '--all'], /ids, or --all/],
  ['an unknown parked record', ['parked', 'show', 'orders.saga', '12'], /parked-unknown/],
  ['an unknown group', ['parked', 'list', '--group', 'nobody'], /nobody/],
  ['parked records of which nobody said which', ['parked', 'redrive', 'orders.saga'], /an order, or --all/],
  ['parked records all and some', ['parked', 'redrive', 'orders.saga', 'o-1', '--all'], /an order, or --all/],
  ['a parked record dropped for no reason', ['parked', 'drop', 'orders.saga', '12'], /--reason/],
  ['dead letters of an unknown queue', ['dead-letters', 'redrive', 'nowhere', '--all'], /nowhere/],
  ['a saga of an unknown order', ['sagas', 'show', 'o-nowhere'], /order-unknown/],
  ['a saga of an unknown order to resume', ['sagas', 'resume', 'o-nowhere'], /order-unknown/],
  ['a topic that there is not', ['events', 'tail', '--topic', 'weather'], /weather/],
  ['a number of lines that is none', ['events', 'tail', '-n', 'all'], /from 0 to/],
  ['a file that is not there', ['orders', 'import', '/nowhere/history.csv'], /no such file: \/nowhere\/history.csv$/],
  ['a folder for a file', ['orders', 'import', '/'], /\/ is a directory$/],
  ['a speed that is none', ['orders', 'import', 'x.csv', '--speed', 'fast'], /60x/],
  ['no speed at all', ['orders', 'import', 'x.csv', '--speed', '0x'], /60x/],
  ['a window of none', ['orders', 'import', 'x.csv', '--window', '0'], /from 1 to/],
];

test('wrong input is one line on stderr, exit 2, and changes nothing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tradewind-cli-'));
  const file = path.join(folder, 'history.csv');
  await running.verdict();
  const before = await running.rows();
  const files: [string, RegExp][] = [['', /history.csv is empty$/], ['placedAt,orderId,customerId,productId,quantity\n', /no column unitPrice$/], ['"placedAt\n', /names no column/]];
  const seen: unknown[] = [];
  for (const [what, args, says] of wrong) seen.push({ what, says, ...await tradewind(...args) });
  for (const [content, says] of files) {
    writeFileSync(file, content);
    seen.push({ what: `a file of ${JSON.stringify(content)}`, says, ...await tradewind('orders', 'import', file) });
  }
  rmSync(folder, { recursive: true });
  expect(seen).toEqual([...wrong.map(([what, , says]) => [what, says] as const), ...files.map(([content, says]) => [`a file of ${JSON.stringify(content)}`, says] as const)]
    .map(([what, says]) => ({ what, says, code: 2, out: '', shown: '', err: expect.stringMatching(new RegExp(`^tradewind: [^\n]*(${says.source})[^\n]*$`)) })));
  expect(await running.rows()).toEqual(before);
});
