import type { Clock } from '@tradewind/chassis/clock.ts';
import type { DurableTasks } from './durable.ts';

interface Options {
  clock: Clock;
  durable: DurableTasks;
  /** A session silent for so long is dead. */
  sessionMs: number;
  /** Told when the others took this one for dead, and it began anew. */
  reborn(): void;
  /** Told when another died. */
  buried(): void;
  /** Told at each beat. */
  beaten(): void;
}

/** The session of one incarnation: it says that it lives, and buries those that fell silent. */
export class Presence {
  readonly #options: Options;
  #session = 0;
  #cancel: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The session, begun when first asked for. */
  get session(): number {
    if (this.#session === 0) this.#begin();
    return this.#session;
  }

  /** Begins anew where this session is over: whatever was done in its name, nobody would undo. */
  renew(): void {
    const { durable, reborn } = this.#options;
    if (this.#session === 0 || durable.sessions.has(this.#session)) return;
    this.#cancel();
    this.#begin();
    reborn();
  }

  end(): void {
    this.#cancel();
    if (this.#session !== 0) this.#options.durable.end(this.#session);
  }

  #begin(): void {
    const { durable, clock } = this.#options;
    this.#session = durable.begin(clock.now());
    this.#schedule();
  }

  #schedule(): void {
    const { clock, sessionMs } = this.#options;
    this.#cancel = clock.after(sessionMs / 5, () => this.#beat());
  }

  #beat(): void {
    const { durable: { sessions }, clock } = this.#options;
    const [now, last] = [clock.now(), sessions.get(this.#session)];
    if (last === undefined) return this.renew();
    sessions.set(this.#session, now);
    this.#bury(now, last);
    this.#options.beaten();
    this.#schedule();
  }

  /** One that was silent itself can't tell who else was, and waits for their next beat. */
  #bury(now: number, last: number): void {
    const { durable, sessionMs, buried } = this.#options;
    if (last <= now - sessionMs) return;
    const silent = [...durable.sessions].filter(([, at]) => at <= now - sessionMs);
    for (const [session] of silent) durable.end(session);
    if (silent.length > 0) buried();
  }
}
