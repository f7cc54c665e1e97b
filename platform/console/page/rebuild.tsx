import { useRef, useState } from 'preact/hooks';
import { api, type Rebuild, type RebuildSum } from './api.ts';
import { count } from './format.ts';
import { usePolled } from './poll.ts';

const TONES: Record<Rebuild['state'], string> = {
  never: 'quiet', running: 'busy', differs: 'bad', failed: 'bad', done: 'good', discarding: 'busy', discarded: 'quiet',
};
const NAMES: Record<string, string> = { live: 'read', candidate: 'new', retired: 'read before' };

interface Offer { name: string; ask(): Promise<unknown>; primary?: true }

/** What can be done about it as it stands. */
function offers({ state, generations }: Rebuild): Offer[] {
  const has = (name: string) => generations.some((each) => each.name === name);
  const drop: Offer = { name: 'Discard the new one', ask: api.discardRebuild };
  switch (state) {
    case 'running': return [drop];
    case 'discarding': return [];
    case 'differs': return [{ name: 'Accept the differences', ask: () => api.startRebuild('acceptDifferences=true'), primary: true }, drop];
  }
  if (has('candidate')) return [{ name: 'Go on with the rebuild', ask: () => api.startRebuild() }, drop];
  const rebuild: Offer = { name: 'Rebuild from the log', ask: () => api.startRebuild() };
  if (!has('retired')) return [rebuild];
  return [rebuild, { name: 'Go back to the one before', ask: () => api.startRebuild('from=retired') }, { name: 'Drop the one before', ask: api.dropRetired }];
}

/** The read model's generations: building another one, and deciding between the two. */
export function RebuildPanel() {
  const [asked, setAsked] = useState(0);
  const [problem, setProblem] = useState<string>();
  const { value, error = problem } = usePolled(api.rebuild, 1_000, asked);
  const ask = (offer: Offer) => void offer.ask().then(() => setProblem(undefined), (reason: Error) => setProblem(reason.message)).then(() => setAsked((n) => n + 1));
  return (
    <section aria-labelledby="rebuild-title">
      <h2 id="rebuild-title">Read model</h2>
      {value && <Told rebuild={value} />}
      {value && (
        <p class="actions">
          {offers(value).map((offer) => <button key={offer.name} class={offer.primary && 'primary'} onClick={() => ask(offer)}>{offer.name}</button>)}
        </p>
      )}
      {error !== undefined && <p class="bad" role="alert">{error}</p>}
    </section>
  );
}

function Told({ rebuild }: { rebuild: Rebuild }) {
  const { state, records, total, error, comparison, generations } = rebuild;
  return (
    <>
      <p aria-live="polite"><span class={`badge ${TONES[state]}`}>{state === 'never' ? 'never rebuilt' : state}</span>{' '}
        {error && <span class={state === 'running' ? 'quiet' : 'bad'}>{error.detail}</span>}</p>
      {state === 'running' && (
        <p class="progress"><progress aria-label="Records folded" max={Math.max(total, records, 1)} value={records} />{' '}
          <span class="quiet">{count(records)} of {count(total)} <Pace rebuild={rebuild} /></span></p>
      )}
      <ul class="lines">
        {generations.map(({ name, orders, records: stands }) => <li key={name}>{NAMES[name]}: {count(orders)} orders <span class="quiet">of {count(stands)} records</span></li>)}
      </ul>
      {comparison && !comparison.equal && (
        <p class="breach">{count(comparison.differing)} orders differ{comparison.examples.length > 0 && `: ${comparison.examples.join(', ')}`}.
          Read: {summed(comparison.live)}; new: {summed(comparison.candidate)}.</p>
      )}
      {comparison?.equal && <p class="breach quiet">Both were equal: {summed(comparison.live)}.</p>}
    </>
  );
}

function summed({ entries, digest }: RebuildSum): string {
  return `${count(entries)} audit entries, digest ${digest}`;
}

/** Since it was first seen under way here. */
function Pace({ rebuild: { records, total, startedAt } }: { rebuild: Rebuild }) {
  const first = useRef<{ of?: string; at: number; records: number }>(null);
  const now = performance.now();
  if (!first.current || first.current.of !== startedAt || records < first.current.records) first.current = { ...(startedAt !== undefined && { of: startedAt }), at: now, records };
  const perSecond = (records - first.current.records) / Math.max(0.001, (now - first.current.at) / 1_000);
  if (perSecond <= 0) return null;
  return <>· {count(Math.round(perSecond))}/s, {count(Math.ceil(Math.max(0, total - records) / perSecond))} s left</>;
}
