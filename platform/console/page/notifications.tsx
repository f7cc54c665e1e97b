import { api } from './api.ts';
import { clock } from './format.ts';
import { usePolled } from './poll.ts';

/** What customers were told, newest first. */
export function Notifications() {
  const { value, error } = usePolled(api.notifications, 2_000);
  return (
    <section aria-labelledby="notifications-title">
      <h2 id="notifications-title">Notifications</h2>
      <ul class="lines">
        {value?.items.map((each) => (
          <li key={`${each.orderId} ${each.kind}`}>
            <strong>{each.subject}</strong> <span class="quiet">{clock(each.at)} · {each.customerId}</span>
            <div>{each.text}</div>
          </li>
        ))}
      </ul>
      {value?.items.length === 0 && <p class="quiet">None yet.</p>}
      {error !== undefined && <p class="bad" role="status">{error}</p>}
    </section>
  );
}
