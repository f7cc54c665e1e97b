import type { Money } from '@tradewind/events/money.ts';
import { MOST_LINES } from '@tradewind/orders/domain/order.ts';
import { counted } from '../figures.ts';
import type { Line } from './read.ts';
import { Recent } from './recent.ts';
import type { Row } from './row.ts';

export interface PastOrder {
  orderId: string;
  customerId: string;
  /** Epoch milliseconds. */
  placedAt: number;
  lines: { productId: string; quantity: number; unitPrice: Money }[];
  /** In minor units, as the file has it. */
  total: number;
}

export interface Failure { line: number; reason: string }

/** Rows of the file that belong together. */
export interface Batch {
  line: number;
  rows: number;
  bytes: number;
  /** Undefined where a row is in error: an order lacking a line would be another order. */
  order: PastOrder | undefined;
  failures: Failure[];
}

/** Orders are remembered for so long, to tell rows that do not stand together. */
const REMEMBERED = 10_000;
/** Rows of one order that are reported one by one. */
const MOST_FAILURES = 1_000;

/** Puts rows that stand together and have the same order id into orders, one at a time. */
export async function* assemble(lines: AsyncIterable<Line>): AsyncGenerator<Batch> {
  const become = new Recent<string>(REMEMBERED);
  let gathering: Gathering | undefined;
  /** Rows behind it whose order is not certain. They spoil it where it goes on behind them, and what begins behind them where it seems to be theirs. */
  let strays: Gathering | undefined;
  for await (const line of lines) {
    const { orderId = '' } = line;
    if (orderId === '' || isGuess(line, gathering)) {
      strays ??= new Gathering(line);
      strays.add(line);
      continue;
    }
    if (gathering?.orderId !== orderId) {
      yield* ended(gathering, become);
      if (strays?.orderId !== orderId) {
        yield* ended(strays, become);
        strays = undefined;
      }
      gathering = new Gathering(line, become.get(orderId));
    }
    gathering.spoil(strays);
    strays = undefined;
    gathering.add(line);
  }
  yield* ended(gathering, become);
  yield* ended(strays, become);
}

function isGuess({ garbled, orderId }: Line, gathering: Gathering | undefined): boolean {
  return garbled === true && orderId !== gathering?.orderId;
}

function* ended(gathering: Gathering | undefined, become: Recent<string>): Generator<Batch> {
  if (!gathering) return;
  const batch = gathering.batch();
  const { orderId } = gathering;
  if (orderId !== undefined && become.get(orderId) === undefined) become.set(orderId, `was ${batch.order ? 'placed' : 'skipped'} from line ${batch.line}`);
  yield batch;
}

class Gathering {
  orderId: string | undefined;
  readonly #batch: Batch;
  #unreported = 0;
  #last = 0;

  /** @param before what became of rows of the same order, further up. */
  constructor({ line, bytes, orderId }: Line, before?: string) {
    this.orderId = orderId;
    this.#batch = { line, rows: 0, bytes, order: undefined, failures: [] };
    if (before !== undefined) this.#fail(line, `order ${orderId ?? ''} ${before}, without this row; rows of one order have to stand together`);
  }

  add({ line, bytes, row, orderId }: Line): void {
    this.orderId = orderId ?? this.orderId;
    this.#batch.rows += 1;
    this.#batch.bytes = bytes;
    this.#last = line;
    const reason = typeof row === 'string' ? row : this.#take(row);
    if (reason !== undefined) this.#fail(line, reason);
  }

  /** Takes in rows that may have been its own. */
  spoil(strays: Gathering | undefined): void {
    if (!strays) return;
    const { rows, failures } = strays.batch();
    this.#batch.rows += rows;
    for (const { line, reason } of failures) this.#fail(line, reason);
  }

  batch(): Batch {
    const { order, failures } = this.#batch;
    const whose = this.orderId === undefined ? '' : ` of order ${this.orderId}`;
    if (this.#unreported > 0) failures.push({ line: this.#last, reason: `and ${counted(this.#unreported, 'more row')}${whose} up to here` });
    return { ...this.#batch, order: failures.length > 0 ? undefined : order };
  }

  #take(row: Row): string | undefined {
    const { orderId, customerId, placedAt, productId, quantity, unitPrice } = row;
    const order = this.#batch.order ??= { orderId, customerId, placedAt, lines: [], total: 0 };
    if (order.customerId !== customerId) return `order ${orderId} is of customer ${order.customerId} on line ${this.#batch.line}, and of ${customerId} here`;
    const same = order.lines.find((each) => each.productId === productId);
    if (!same && order.lines.length === MOST_LINES) return `order ${orderId} has more than ${MOST_LINES} products`;
    if (same) same.quantity += quantity;
    else order.lines.push({ productId, quantity, unitPrice });
    order.total += quantity * unitPrice.amount;
    return undefined;
  }

  #fail(line: number, reason: string): void {
    if (this.#batch.failures.length < MOST_FAILURES) this.#batch.failures.push({ line, reason });
    else this.#unreported += 1;
  }
}
