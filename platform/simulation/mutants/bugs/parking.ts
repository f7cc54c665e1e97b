import type { Mutant } from '../mutant.ts';

const parking = 'packages/log/parking/parking.ts';

/** Parked records: nothing of their key overtakes them, and none is lost. */
export const parkingBugs: Mutant[] = [
  {
    name: 'parked-key-overtaken',
    says: 'later records of a parked key are handled as if nothing were parked',
    patches: [{
      file: 'packages/log/parking/memory/lot.ts', find: "if (!arrival.failure && !group.keys.has(arrival.key)) return 'free';", replace: "if (!arrival.failure) return 'free';",
    }],
  },
  {
    name: 'position-before-parked',
    says: 'a record is parked when its position may have been committed already',
    patches: [{
      file: parking, find: 'const fate = await this.lot.park(group, { record, key, failure, at: this.#clock.now() });',
      replace: "const fate: string = 'parked';\n    this.#clock.after(60, () => void this.lot.park(group, { record, key, failure, at: this.#clock.now() }).catch(() => undefined));",
    }],
  },
  {
    name: 'left-before-handled',
    says: 'a parked record leaves the lot before it is handled again',
    patches: [{
      file: 'packages/log/parking/redriving.ts', find: 'const failure = await parking.attempt(recordOf(parked), handle);',
      replace: 'await lot.leave(group, id);\n    const failure = await parking.attempt(recordOf(parked), handle);',
    }],
  },
  {
    name: 'rebuild-knows-no-lot',
    says: 'a rebuilt read model folds what is parked',
    patches: [{ file: 'services/order-history/messaging/sieve.ts', find: '!aside.has(nameOf(record))', replace: '!aside.has(nameOf(record)) || record.offset >= 0' }],
  },
];
