import type { Status } from '../status.ts';
import { count } from './format.ts';

const STAGES: [string, string][] = [
  ['reserving-credit', 'Credit'], ['reserving-stock', 'Stock'], ['taking-payment', 'Payment'], ['completing', 'Completing'],
];

/** Orders in each state of the saga, in the order they pass through. */
export function Flow({ status }: { status?: Status }) {
  return (
    <section class="wide" aria-labelledby="flow-title">
      <h2 id="flow-title">Orders on their way</h2>
      <ol class="flow">
        {STAGES.map(([state, name]) => <Stage key={state} name={name} n={status?.sagas[state] ?? 0} tone="busy" />)}
        <Stage name="Confirmed" n={status?.orders.confirmed} tone="good" />
      </ol>
      <ol class="flow back">
        <Stage name="Compensating" n={status?.sagas.compensating ?? 0} tone="busy" />
        <Stage name="Cancelled" n={status?.orders.cancelled} tone="quiet" />
        <Stage name="Needs a person" n={status?.sagas['compensation-failed'] ?? 0} tone="bad" />
      </ol>
    </section>
  );
}

function Stage({ name, n, tone }: { name: string; n?: number; tone: string }) {
  return (
    <li class={`stage ${n ? tone : ''}`}>
      <span class="n">{count(n)}</span>
      <span class="name">{name}</span>
    </li>
  );
}
