import { useState } from 'preact/hooks';
import { api } from './api.ts';
import { Audit } from './audit.tsx';
import { Brokers } from './brokers.tsx';
import { Flow } from './flow.tsx';
import { Ledger } from './ledger.tsx';
import { Notifications } from './notifications.tsx';
import { Orders } from './orders.tsx';
import { PlaceOrder } from './place-order.tsx';
import { usePolled } from './poll.ts';
import { RebuildPanel } from './rebuild.tsx';
import { Throughput } from './throughput.tsx';

export function App() {
  const status = usePolled(api.status, 1_000);
  const [selected, setSelected] = useState<{ orderId: string; version?: number }>();
  const select = (orderId: string, version?: number) => setSelected({ orderId, version });
  const close = () => {
    setSelected(undefined);
    document.getElementById('orders-title')?.focus(); // the button that had the focus is gone
  };
  return (
    <>
      <a class="skip" href="#orders">Skip to orders</a>
      <header>
        <h1><span aria-hidden="true">◢</span> Tradewind</h1>
        <p>
          {status.error === undefined
            ? <span class="badge good">live</span>
            : <span class="badge bad" role="status">not answering: {status.error}</span>}
          {status.value && <span class="quiet">log on {status.value.brokers.log} · tasks on {status.value.brokers.tasks}</span>}
          <a href="/docs">API</a>
        </p>
      </header>
      <main>
        <Flow status={status.value} />
        <div class="stack">
          <Throughput status={status.value} />
          <Orders selected={selected?.orderId} select={select} />
          <Notifications />
        </div>
        <div class="stack">
          <PlaceOrder select={select} />
          {selected && <Audit key={selected.orderId} {...selected} close={close} />}
          <Ledger />
          <RebuildPanel />
        </div>
        <Brokers status={status.value} />
      </main>
    </>
  );
}
