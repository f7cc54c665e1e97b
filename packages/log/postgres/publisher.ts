import { Batched } from '@tradewind/chassis/system/batched.ts';
import { encodeMessage } from '../message.ts';
import { partitionOf } from '../partition.ts';
import type { Message, Position } from '../port.ts';
import type { Database } from './database.ts';
import type { Topic } from './topics.ts';

const PUBLISH = { name: 'log-publish', text: 'select log.publish($1::int[], $2::int[], $3, $4::int[], $5::int[])' };
/** UTF-16 units in a statement at most, unless one call brings more in a single message. */
const MOST = 4_000_000;

interface Lot { topic: Topic; partitions: number[]; lines: string[]; size: number }

/** Publishes; calls at the same time share a statement and a commit. */
export class Publisher {
  readonly #database: Database;
  readonly #lots: Batched<Lot, Position[]>;

  constructor(database: Database) {
    this.#database = database;
    this.#lots = new Batched({ send: (lots) => this.#send(lots), weigh: (lot) => lot.size, most: MOST });
  }

  /** One after another where they are too many for one statement: a later one is not there without those before it. */
  async publish(topic: Topic, messages: Message[]): Promise<Position[]> {
    const positions: Position[] = [];
    for (const lot of lots(topic, messages)) positions.push(...await this.#lots.add(lot));
    return positions;
  }

  async #send(lots: Lot[]): Promise<Position[][]> {
    const { ids, counts, slots, places } = arrange(lots);
    const lines = lots.map((lot) => lot.lines.join('\n')).join('\n');
    const [row] = await this.#database.rows(PUBLISH, [array(ids), array(counts), lines, array(slots), array(places)]);
    const firsts = (row?.[0] as string[]).map(Number);
    let at = 0;
    return lots.map(({ partitions }) => partitions.map((partition) => {
      const offset = (firsts[(slots[at] ?? 0) - 1] ?? 0) + (places[at] ?? 0);
      at += 1;
      return { partition, offset };
    }));
  }
}

/** Partitions concerned, ascending, with the number of their messages; each message's partition among them, from 1, and place in it, from 0. */
function arrange(lots: Lot[]): { ids: number[]; counts: number[]; slots: number[]; places: number[] } {
  const targets = lots.flatMap(({ topic, partitions }) => partitions.map((partition) => topic.partitionIds[partition] ?? 0));
  const ids = [...new Set(targets)].sort((a, b) => a - b);
  const slotOf = new Map(ids.map((id, index) => [id, index + 1]));
  const slots = targets.map((id) => slotOf.get(id) ?? 0);
  const counts = ids.map(() => 0);
  const places = slots.map((slot) => {
    const place = counts[slot - 1] ?? 0;
    counts[slot - 1] = place + 1;
    return place;
  });
  return { ids, counts, slots, places };
}

function lots(topic: Topic, messages: Message[]): Lot[] {
  const all: Lot[] = [];
  // Encoded before any is sent: one that is too large leaves nothing of its call in the log.
  const lines = messages.map(encodeMessage);
  for (const [at, line] of lines.entries()) {
    let lot = all.at(-1);
    if (!lot || lot.size + line.length > MOST) all.push(lot = { topic, partitions: [], lines: [], size: 0 });
    lot.lines.push(line);
    lot.partitions.push(partitionOf(messages[at]?.key ?? '', topic.partitionIds.length));
    lot.size += line.length;
  }
  return all;
}

/** PostgreSQL's notation; the driver's own looks at each element. */
function array(numbers: number[]): string {
  return `{${numbers.join(',')}}`;
}
