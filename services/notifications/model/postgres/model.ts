import { Batched } from '@tradewind/chassis/system/batched.ts';
import pg from 'pg';
import type { Notification } from '../../domain/notification.ts';
import { page } from '../page.ts';
import type { Cursor, NotificationModel } from '../port.ts';
import { told } from './failure.ts';
import { migrate } from './migrate.ts';

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 30_000;

/** Rows go in by one order, so that two processes that keep the same ones can't wait for each other. */
const KEEP = `
  insert into notifications (order_id, kind, customer_id, subject, text, at)
  select "orderId", kind, "customerId", subject, text, at
  from json_to_recordset($1::json) as given ("orderId" text, kind text, "customerId" text, subject text, text text, at bigint)
  order by "orderId" collate "C", kind collate "C"
  on conflict (order_id, kind) do nothing
  returning order_id, kind`;

interface Row { order_id: string; kind: Notification['kind']; customer_id: string; subject: string; text: string; at: string }

/**
 * Notifications in PostgreSQL.
 * @param url of a database of its own. `connections` at most, default 2.
 */
export async function openPostgresNotifications({ url, connections = 2 }: { url: string; connections?: number }): Promise<NotificationModel> {
  await migrate(url);
  const pool = new pg.Pool({
    connectionString: url, max: connections, keepAlive: true, idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS, options: '-c synchronous_commit=on',
  });
  pool.on('error', () => undefined);
  const query = async <Result extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Result[]> => {
    try {
      return (await pool.query<Result>(text, values)).rows;
    } catch (error) {
      throw told(error);
    }
  };
  const keeping = new Batched<Notification, boolean>({ send: (notifications) => keepAll(notifications, query), weigh: () => 1, most: 1_000 });
  return {
    keep: (notification) => keeping.add(notification),
    async list({ customerId }, cursor, limit) {
      const { text, values } = listSql(customerId, cursor, limit + 1);
      return page((await query<Row>(text, values)).map(shown), limit);
    },
    async ping() {
      await query('select');
    },
    close: () => pool.end(),
  };
}

type Query = <Result extends pg.QueryResultRow>(text: string, values: unknown[]) => Promise<Result[]>;

/** Of several for one order and kind only the first is sent: a statement would keep any of them. */
async function keepAll(notifications: Notification[], query: Query): Promise<boolean[]> {
  const firsts = new Map<string, Notification>();
  for (const each of notifications) if (!firsts.has(keyOf(each))) firsts.set(keyOf(each), each);
  const rows = await query<Pick<Row, 'order_id' | 'kind'>>(KEEP, [JSON.stringify([...firsts.values()])]);
  const kept = new Set(rows.map(({ order_id: orderId, kind }) => firsts.get(keyOf({ orderId, kind }))));
  return notifications.map((each) => kept.has(each));
}

function keyOf({ orderId, kind }: Pick<Notification, 'orderId' | 'kind'>): string {
  return `${orderId} ${kind}`;
}

function listSql(customerId: string | undefined, cursor: Cursor | undefined, limit: number): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['true'];
  if (customerId !== undefined) conditions.push(`customer_id = ${add(customerId)}`);
  if (cursor) conditions.push(`(at, order_id, kind) < (${add(cursor.at)}, ${add(cursor.orderId)}, ${add(cursor.kind)})`);
  const text = `select order_id, kind, customer_id, subject, text, at from notifications where ${conditions.join(' and ')}
    order by at desc, order_id desc, kind desc limit ${add(limit)}`;
  return { text, values };
}

function shown({ order_id: orderId, customer_id: customerId, kind, subject, text, at }: Row): Notification {
  return { orderId, customerId, kind, subject, text, at: Number(at) };
}
