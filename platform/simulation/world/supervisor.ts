import { withHealth } from '@tradewind/chassis/http/health.ts';
import type { Adapters, ParkingGroup } from '@tradewind/embedded/adapters.ts';
import { serve, type Composition } from '@tradewind/embedded/services.ts';
import { topics } from '@tradewind/events/topology.ts';
import { memoryEventStore } from '@tradewind/event-store/memory/store.ts';
import { memoryParkingLot } from '@tradewind/log/parking/memory/lot.ts';
import { memoryNotifications } from '@tradewind/notifications/model/memory/model.ts';
import { memoryReadModel } from '@tradewind/order-history/read-model/memory/read-model.ts';
import type { StoreName } from '@tradewind/ledger/facts.ts';
import { httpVia } from '../ports/http.ts';
import { logVia } from '../ports/log.ts';
import { lotVia } from '../ports/lot.ts';
import { notificationsVia, readModelVia } from '../ports/models.ts';
import { providerVia } from '../ports/provider.ts';
import { storeVia } from '../ports/store.ts';
import { tasksVia } from '../ports/tasks.ts';
import { plainTokens } from '../ports/tokens.ts';
import { Process } from './process.ts';
import type { Running, Slot } from './slot.ts';
import type { World } from './world.ts';

/** A process that cannot start is started again after so long. */
const AGAIN_MS = 700;
/** One that was told to stop is killed after so long. */
const GRACE_MS = 15_000;

/** Starts the services' processes and starts them again when they have ended, as Kubernetes would. */
export class Supervisor {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  start(slot: Slot): void {
    if (slot.running) return;
    const { trace } = this.#world;
    const process = new Process(slot, slot.runs += 1, this.#world);
    const { composition, connection } = composed(this.#world, process);
    const { service, handler } = serve(slot.place.service, composition);
    const running: Running = { process, service, tasks: connection };
    slot.running = running;
    trace.note(process, 'starts');
    process.later(0, () => void service.start().then(
      () => {
        if (process.dead) return;
        running.handler = withHealth(handler, service);
        trace.note(process, 'has started');
      },
      (error: unknown) => {
        trace.note(process, 'cannot start', () => String(error));
        this.crash(slot, { silent: false, downMs: AGAIN_MS });
      },
    ));
  }

  /** The process in this slot is gone. Its connections break at once, or nobody notices until its leases run out. */
  crash(slot: Slot, { silent, downMs }: { silent: boolean; downMs: number }): void {
    const { running } = slot;
    if (!running) return;
    if (!silent) running.tasks.crash();
    this.#end(slot, running, downMs);
  }

  /** It takes no new work, ends what it has in hand, and another follows. */
  restart(slot: Slot, downMs: number): void {
    const { running } = slot;
    if (!running) return;
    const { process, service } = running;
    delete running.handler;
    this.#world.trace.note(process, 'is told to stop');
    const kill = this.#world.scheduler.after(GRACE_MS * 1_000, () => this.crash(slot, { silent: false, downMs }));
    process.later(0, () => void service.stop().catch(() => undefined).then(() => {
      kill();
      if (slot.running !== running) return;
      running.tasks.crash();
      this.#end(slot, running, downMs);
    }));
  }

  #end(slot: Slot, { process }: Running, downMs: number): void {
    process.end();
    slot.running = undefined;
    this.#world.trace.note(process, 'has ended');
    this.#world.scheduler.after(downMs * 1_000, () => this.start(slot));
  }
}

function composed(world: World, process: Process): { composition: Composition; connection: Running['tasks'] } {
  const { durable, logger } = world;
  const wakeup = world.hints.of(process);
  const store = (name: StoreName) => storeVia(world, process,
    memoryEventStore({ topic: topics[name], name, clock: process.steady, wakeup, durable: durable.stores[name] }), name);
  const lot = (group: ParkingGroup) => lotVia(world, process, memoryParkingLot({ clock: process.steady, durable: durable.lots[group] }), group);
  const { tasks, connection } = tasksVia(world, process);
  const adapters: Adapters = {
    stores: { orders: store('orders'), customers: store('customers'), inventory: store('inventory'), payments: store('payments') },
    log: logVia(world, process), lots: { 'orders.saga': lot('orders.saga'), 'order-history': lot('order-history') }, tasks, wakeup, close: () => Promise.resolve(),
  };
  return {
    connection,
    composition: {
      adapters, logger, clock: process.clock, random: process.random, settings: world.settings,
      history: readModelVia(process, memoryReadModel(durable.history)),
      notices: notificationsVia(process, memoryNotifications(durable.notices)),
      provider: providerVia(world, process), http: httpVia(world, process), tokens: plainTokens(process),
    },
  };
}
