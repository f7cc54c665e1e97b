import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.ts';
import { exactClock, money } from './format.ts';
import { State } from './orders.tsx';
import { usePolled } from './poll.ts';

/** Everything that happened to one order, as it happened; from `version` on, where the page itself made that version. */
export function Audit({ orderId, version, close }: { orderId: string; version?: number; close(): void }) {
  const title = useRef<HTMLHeadingElement>(null);
  const { value, error } = usePolled(async () => {
    const order = await api.order(orderId, version);
    return { order, trail: (await api.audit(orderId)).items };
  }, 700, orderId);
  const order = value?.order;
  const [problem, setProblem] = useState<string>();
  useEffect(() => title.current?.focus(), []);
  const cancel = () => void api.cancel(orderId).then(() => setProblem(undefined), (error: Error) => setProblem(error.message));
  return (
    <section aria-labelledby="audit-title">
      <h2 id="audit-title" ref={title} tabIndex={-1}>Order {orderId}</h2>
      <p aria-live="polite">
        {order && <><State order={order} /> {money(order.total)} · {order.lines.length} {order.lines.length === 1 ? 'line' : 'lines'} · customer {order.customerId}</>}
      </p>
      <ol class="trail">
        {value?.trail.map((entry) => (
          <li key={`${entry.stream}@${entry.version}`}>
            <time dateTime={entry.time}>{exactClock(entry.time)}</time>
            <span><strong>{entry.event}</strong> {entry.summary}</span>
          </li>
        ))}
      </ol>
      {error !== undefined && !value && <p class="bad" role="status">{error}</p>}
      {problem !== undefined && <p class="bad" role="alert">{problem}</p>}
      <p class="actions">
        <button onClick={cancel} disabled={order?.status !== 'placed'}>Cancel the order</button>
        <button onClick={close}>Close</button>
      </p>
    </section>
  );
}
