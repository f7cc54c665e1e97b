import { useState } from 'preact/hooks';
import type { LedgerReport } from '../status.ts';
import { api } from './api.ts';

/** The ledger's verdict, on demand: it reads every store. */
export function Ledger() {
  const [report, setReport] = useState<LedgerReport>();
  const [state, setState] = useState<'idle' | 'reading' | string>('idle');
  const ask = () => {
    setState('reading');
    api.ledger().then((answer) => { setReport(answer); setState('idle'); }, (error: Error) => setState(error.message));
  };
  return (
    <section aria-labelledby="ledger-title">
      <h2 id="ledger-title">Ledger</h2>
      <p class="actions"><button onClick={ask} disabled={state === 'reading'}>{state === 'reading' ? 'Reading every store…' : 'Check the ledger'}</button></p>
      <div aria-live="polite">
        {report && (
          <>
            <p><span class={`badge ${report.holds ? 'good' : 'bad'}`}>{report.holds ? 'holds' : 'breached'}</span>{' '}
              <span class="quiet">{report.inFlight} in flight</span></p>
            <ul class="lines">
              {report.lines.map((line) => (
                <li key={line.name} class={line.holds ? '' : 'bad'}>
                  <span aria-label={line.holds ? 'holds' : 'breach'}>{line.holds ? '✓' : '✗'}</span> {line.name}
                  {line.breaches.map((breach) => <div key={breach} class="breach">{breach}</div>)}
                </li>
              ))}
            </ul>
          </>
        )}
        {state !== 'idle' && state !== 'reading' && <p class="bad">{state}</p>}
      </div>
    </section>
  );
}
