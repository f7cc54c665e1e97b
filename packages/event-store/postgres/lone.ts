import type { Statement } from './database.ts';
import { lockKeys, type Prepared } from './prepare.ts';

const MOST_EVENTS = 4;

interface Lone { statement: Statement; values: unknown[]; events: number }

/**
 * Statements made for the shape of one append, at about half the cost of `append_group`: scalars instead of
 * sets, no function. Such a statement inserts an outbox row for each event, or nothing at all when something
 * is in the way: no row, or a unique index objects. `append_group` must then say what it was.
 *
 * Each stream gets at least one event after the version expected: that version being there and the next
 * one not (the unique index) is the whole check.
 */
export class LoneAppends {
  /** By shape; there are a few dozen. */
  readonly #statements = new Map<string, Statement>();

  /** @returns undefined for an append of another shape. */
  for(append: Prepared, now: number): Lone | undefined {
    const { writes, message, reply, outgoing } = append;
    const counts = writes.map((write) => write.envelopes.length);
    const values: unknown[] = lockKeys(writes.map((write) => write.stream));
    if (!fits(append) || values.length < writes.length) return undefined;
    for (const { stream, expected, envelopes } of writes) values.push(stream, expected, ...envelopes);
    if (message) values.push(now, message);
    if (reply) values.push(reply);
    if (outgoing.length > 0) values.push(`[${outgoing.join(',')}]`);
    return { statement: this.#statement(counts, { message: !!message, reply: !!reply, outgoing: outgoing.length > 0 }), values, events: total(counts) };
  }

  #statement(counts: number[], act: Act): Statement {
    const name = `append-${counts.join('.')}${act.message ? 'm' : ''}${act.reply ? 'r' : ''}${act.outgoing ? 'o' : ''}`;
    const known = this.#statements.get(name);
    if (known) return known;
    const made = { name, text: textFor(counts, act) };
    this.#statements.set(name, made);
    return made;
  }
}

function fits({ writes, timings }: Prepared): boolean {
  const counts = writes.map((write) => (write.expected === null ? 0 : write.envelopes.length));
  return counts.length > 0 && !counts.includes(0) && total(counts) <= MOST_EVENTS && timings.length === 0;
}

function total(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What comes with the events. */
interface Act { message: boolean; reply: boolean; outgoing: boolean }

/** The parameters are numbered in the order of `values` above. */
function textFor(counts: number[], act: Act): string {
  let last = 0;
  const next = (type: string) => `$${last += 1}::${type}`;
  const locks = counts.map(() => `pg_advisory_xact_lock(1702260324, ${next('int')})`);
  const checks: string[] = [];
  const rows: string[] = [];
  for (const count of counts) {
    const stream = next('text');
    const version = next('int');
    checks.push(`(${version} = 0 or exists (select from events where stream = ${stream} and version = ${version}))`);
    for (let place = 1; place <= count; place += 1) rows.push(`(${stream}, ${version} + ${place}, ${next('json')})`);
  }
  const parts = [
    `locks as materialized (select pg_advisory_xact_lock_shared(1702260323, 0), ${locks.join(', ')})`,
    `ok as materialized (select from locks where ${checks.join(' and ')})`,
    `stored as (insert into events (stream, version, envelope) select row.* from ok, (values ${rows.join(', ')}) as row returning position)`,
  ];
  if (act.message) parts.push(`handled as (insert into inbox (consumer, message_id, at)
    select m.consumer, m.id, m.at from ok, (select *, ${next('bigint')} as at from json_to_record(${next('json')}) as r(consumer text, id text)) m)`);
  if (act.reply) parts.push(`kept as (insert into answers (scope, key, fingerprint, status, headers, body, at) select r.* from ok,
    json_to_record(${next('json')}) as r(scope text, key text, fingerprint text, status int, headers json, body json, at bigint))`);
  if (act.outgoing) parts.push(`tasks as (insert into outbox_tasks (exchange, routing_key, envelope) select o.* from ok,
    json_to_recordset(${next('json')}) as o(exchange text, "routingKey" text, envelope json))`);
  return `with ${parts.join(',\n')}\ninsert into outbox_log (id) select position from stored`;
}
