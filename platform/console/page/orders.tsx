import { useState } from 'preact/hooks';
import { api, type OrderView } from './api.ts';
import { clock, money } from './format.ts';
import { usePolled } from './poll.ts';

interface Props { selected?: string; select(orderId: string): void }

/** The newest orders, by state if asked; choosing one opens its audit trail. */
export function Orders({ selected, select }: Props) {
  const [status, setStatus] = useState('');
  const query = `limit=12${status === '' ? '' : `&status=${status}`}`;
  const orders = usePolled(() => api.orders(query), 2_000, query);
  return (
    <section id="orders" aria-labelledby="orders-title">
      <h2 id="orders-title" tabIndex={-1}>Orders</h2>
      <label>State{' '}
        <select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
          <option value="">all</option><option value="placed">placed</option>
          <option value="confirmed">confirmed</option><option value="cancelled">cancelled</option>
        </select>
      </label>
      <div class="scroll" tabIndex={0} role="region" aria-label="Newest orders">
        <table>
          <thead><tr><th scope="col">order</th><th scope="col">placed</th><th scope="col">total</th><th scope="col">state</th></tr></thead>
          <tbody>
            {orders.value?.items.map((order) => (
              <tr key={order.orderId} class={order.orderId === selected ? 'selected' : ''}>
                <th scope="row"><button class="link" onClick={() => select(order.orderId)}>{order.orderId}</button></th>
                <td><time dateTime={order.placedAt}>{clock(order.placedAt)}</time></td><td>{money(order.total)}</td><td><State order={order} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {orders.value?.items.length === 0 && <p class="quiet">None yet.</p>}
      {orders.error !== undefined && <p class="bad" role="status">{orders.error}</p>}
    </section>
  );
}

const TONES: Record<string, string> = { confirmed: 'good', cancelled: 'quiet' };

export function State({ order }: { order: OrderView }) {
  const settled = order.status !== 'placed';
  return (
    <span class={`badge ${TONES[order.status] ?? 'busy'}`}>
      {settled ? order.status : order.saga ?? order.status}{order.reason === undefined ? '' : `: ${order.reason}`}
    </span>
  );
}
