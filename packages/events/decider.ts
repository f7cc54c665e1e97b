/**
 * Three pure functions that are all of an aggregate's behaviour.
 *
 * `decide` is total: it returns the events that follow, an empty list where there is nothing to do
 * (a repeated command), or throws a `Refusal`. `evolve` never throws.
 */
export interface Decider<Command, Event, State> {
  decide(command: Command, state: State): Event[];
  evolve(state: State, event: Event): State;
  initial: State;
}

/** A command that the state does not allow. `code` is stable and listed in docs/errors.md. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** State after `events`, starting from `state` or from the beginning. */
export function fold<State, Event>(
  decider: Pick<Decider<never, Event, State>, 'evolve' | 'initial'>,
  events: Iterable<Event>,
  state: State = decider.initial,
): State {
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
