import type { InvariantVerdict, Verdict } from './verdict.ts';

const SHOWN = 3;

/** One line an invariant, then the orders, then the verdict; no line break at the end. */
export function print(verdict: Verdict): string {
  const width = Math.max(...verdict.invariants.map((each) => each.name.length));
  const judged = Math.max(...verdict.invariants.map((each) => counted(each).length));
  return [
    ...verdict.invariants.map((each) => line(each, width, judged)),
    '',
    outcomes(verdict),
    ...verdict.parkedRecords.map(({ group, orders, records }) =>
      `Parked by ${group}: ${number(records)} ${records === 1 ? 'record' : 'records'} of ${number(orders)} ${orders === 1 ? 'order' : 'orders'}, in flight until redriven (tradewind parked list).`),
    conclusion(verdict),
  ].join('\n');
}

function line(invariant: InvariantVerdict, width: number, judged: number): string {
  const { holds, name, inFlight, says } = invariant;
  const start = `${holds ? '✓' : '✗'} ${name.padEnd(width)}  ${counted(invariant).padStart(judged)}`;
  const waiting = inFlight > 0 ? `  in flight ${number(inFlight)}` : '';
  return `${start}  ${holds ? says : broken(invariant)}${waiting}`;
}

function counted({ judged, of }: InvariantVerdict): string {
  return `${number(judged)} ${judged === 1 ? of.replace(/s$/, '') : of}`;
}

function broken({ breaches: { count, first } }: InvariantVerdict): string {
  const shown = first.slice(0, SHOWN).map(({ subject, detail }) => `${subject}: ${detail}`).join('; ');
  const more = count > SHOWN ? `; and ${number(count - SHOWN)} more` : '';
  return `${number(count)} ${count === 1 ? 'breach' : 'breaches'}: ${shown}${more}`;
}

function outcomes({ orders: { placed, confirmed, cancelled, cancelledBecause, inFlight, parked }, duplicatesDelivered }: Verdict): string {
  const reasons = Object.entries(cancelledBecause).map(([reason, count]) => `${reason} ${number(count)}`).join(', ');
  const parts = [
    `${number(confirmed)} confirmed`,
    `${number(cancelled)} cancelled${reasons ? ` (${reasons})` : ''}`,
    `${number(inFlight)} in flight${parked > 0 ? `, ${number(parked)} of them parked` : ''}`,
  ];
  return `${number(placed)} ${placed === 1 ? 'order' : 'orders'}: ${parts.join(', ')}. Duplicates delivered: ${number(duplicatesDelivered)}.`;
}

function conclusion({ holds, inFlight, invariants }: Verdict): string {
  if (!holds) return `The ledger is broken: ${invariants.filter((each) => !each.holds).map((each) => each.name).join(', ')}.`;
  return inFlight > 0 ? 'The ledger holds so far; the rest is in flight.' : 'The ledger holds.';
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
