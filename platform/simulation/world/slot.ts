import type { Handler } from '@tradewind/chassis/http/raw.ts';
import type { Service } from '@tradewind/chassis/service.ts';
import type { MemoryTasks } from '@tradewind/tasks/memory/tasks.ts';
import type { Place } from '../plan/faults.ts';
import type { Machine, Process } from './process.ts';

/** What runs in a slot. */
export interface Running { process: Process; service: Service; tasks: MemoryTasks; /** Absent until it has started. */ handler?: Handler }

/** Where one replica of a service runs, one process after another. */
export class Slot implements Machine {
  readonly name: string;
  readonly place: Place;
  readonly index: number;
  skewMs = 0;
  slowness = 1;
  /** Cuts in force: nothing comes through by HTTP. */
  cuts = 0;
  runs = 0;
  running: Running | undefined;

  constructor(place: Place, index: number) {
    this.name = `${place.service}-${place.replica}`;
    this.place = place;
    this.index = index;
  }
}
