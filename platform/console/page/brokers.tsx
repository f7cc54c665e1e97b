import type { Status } from '../status.ts';
import { count } from './format.ts';

/** Depth of each queue, lag of each consumer group, rows in each outbox. */
export function Brokers({ status }: { status?: Status }) {
  return (
    <section class="wide" aria-labelledby="brokers-title">
      <h2 id="brokers-title">Queues, groups, outboxes</h2>
      <div class="tables">
        <div class="scroll" tabIndex={0} role="region" aria-label="Work queues">
          <table>
            <caption>Work queues</caption>
            <thead><tr><th scope="col">queue</th><th scope="col">ready</th><th scope="col">in work</th><th scope="col">retrying</th><th scope="col">dead</th></tr></thead>
            <tbody>
              {status?.queues.map((each) => (
                <tr key={each.queue}>
                  <th scope="row">{shortened(each.queue)}</th><td>{count(each.ready)}</td><td>{count(each.unsettled)}</td><td>{count(each.retrying)}</td>
                  <td class={each.dead > 0 ? 'bad' : ''}>{count(each.dead)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div class="scroll" tabIndex={0} role="region" aria-label="Consumer groups and outboxes">
          <table>
            <caption>Consumer groups of the log</caption>
            <thead><tr><th scope="col">group</th><th scope="col">behind</th><th scope="col">parked</th></tr></thead>
            <tbody>
              {status?.groups.map((each) => (
                <tr key={each.group}>
                  <th scope="row">{each.group}</th><td>{count(each.lag)}</td>
                  <td class={(each.parked ?? 0) > 0 ? 'bad' : ''}>{each.parked === undefined ? '' : count(each.parked)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <table>
            <caption>Outboxes</caption>
            <thead><tr><th scope="col">database</th><th scope="col">to log</th><th scope="col">to tasks</th></tr></thead>
            <tbody>
              {status?.outboxes.map((each) => (
                <tr key={each.name}><th scope="row">{each.name}</th><td>{count(each.log)}</td><td>{count(each.tasks)}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}

/** A replica's own queue carries an id; its last digits tell it from the others. */
function shortened(queue: string): string {
  return queue.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{6}(?=[0-9a-f]{6}$)/, '…');
}
