import pg from 'pg';
import { BEHIND, parkingErrors, type Aside, type Fate, type ParkedRecord, type ParkingLot, type Standing } from '../port.ts';
import { asParkingError } from './failure.ts';
import { migrate } from './migrate.ts';
import { recordOf, type Row } from './rows.ts';
import * as sql from './statements.ts';

export interface PostgresParkingLotOptions {
  /** The consumer's own database, where the lot has a schema of its own. */
  url: string;
  /** Default 1: it is hardly ever asked. */
  connections?: number;
}

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 15_000;

/** Opens the lot in the consumer's own database; its tables are created or brought up to date first. @throws CodedError `parking-unavailable` */
export async function openPostgresParkingLot({ url, connections = 1 }: PostgresParkingLotOptions): Promise<ParkingLot> {
  await migrate(url);
  const pool = new pg.Pool({
    connectionString: url, max: connections, keepAlive: true, connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS,
  });
  pool.on('error', () => undefined);
  const query = async <Result extends pg.QueryResultRow>(statement: sql.Statement, values: unknown[]): Promise<Result[]> => {
    try {
      return (await pool.query<Result>({ ...statement, values })).rows;
    } catch (error) {
      throw asParkingError(error);
    }
  };
  const records = async (statement: sql.Statement, values: unknown[]): Promise<ParkedRecord[]> => (await query<Row>(statement, values)).map(recordOf);
  const find = async (group: string, id: string) => (await records(sql.FIND, [group, id]))[0];
  return {
    async standing(group) {
      const [standing] = await query<Standing>(sql.STANDING, [group]);
      return standing ?? { keys: [], dropped: [], records: 0, wanted: false, departed: 0 };
    },
    async park(group, { record, key, failure, at }) {
      const { topic, partition, offset, envelope, at: takenAt } = record;
      const { code, reason, attempts, firstAt, lastAt } = failure ?? { code: BEHIND, reason: 'it waits behind an earlier record of its key', attempts: 0, firstAt: at, lastAt: at };
      const [fate] = await query<{ fate: Fate }>(sql.PARK, [
        group, key, failure !== undefined, topic, partition, offset, takenAt, JSON.stringify(envelope), code, reason, attempts, firstAt, lastAt,
      ]);
      return fate?.fate ?? 'free';
    },
    async redrive(group, key) {
      return (await query<{ records: number }>(sql.REDRIVE, [group, key ?? null]))[0]?.records ?? 0;
    },
    claim: (group, holder, { ttlMs, limit }) => records(sql.CLAIM, [group, holder, ttlMs, limit]),
    leave: async (group, id) => void await query(sql.LEAVE, [group, id]),
    fail: async (group, id, { code, reason, attempts, firstAt, lastAt }) => void await query(sql.FAIL, [group, id, code, reason, attempts, firstAt, lastAt]),
    async drop(group, id, { at, by, reason }) {
      const [{ dropped } = { dropped: false }] = await query<{ dropped: boolean }>(sql.DROP, [group, id, at, by, reason]);
      const record = dropped ? await find(group, id) : undefined;
      if (!record) throw parkingErrors.error('parked-unknown', `no record is parked as ${id} in ${group}`);
      return record;
    },
    list: (group, { key, state, limit }) => records(sql.LIST, [group, key ?? null, state ?? null, limit]),
    find,
    aside: (group) => query<Aside & pg.QueryResultRow>(sql.ASIDE, [group]),
    close: () => pool.end(),
  };
}
