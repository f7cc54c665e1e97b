import type { OrderView } from './order-view.ts';
import type { AuditEvent } from './timeline.ts';

/**
 * An audit trail for people: one line an event with the time of day, the time since the first event,
 * who, where and what, in columns.
 */
export function timelineText(order: OrderView, events: AuditEvent[]): string {
  const start = Date.parse(events[0]?.time ?? new Date(order.placedAt).toISOString());
  const rows = events.map((event) => [
    event.time.slice(11, 23), elapsed(Date.parse(event.time) - start), event.actor, `${event.stream}@${event.version}`, event.summary,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => aligned(cell, column, widths[column] ?? 0)).join('  '));
  return `${heading(order)}\n\n${lines.join('\n')}\n`;
}

function heading(order: OrderView): string {
  const saga = order.saga ? `, saga ${order.saga}` : '';
  return `Order ${order.orderId} of customer ${order.customerId}: ${order.status}${saga}\n`
    + `Placed ${new Date(order.placedAt).toISOString()} (times are UTC)`;
}

function elapsed(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}s`;
}

/** Elapsed times stand to the right, all else to the left; the last column is as wide as it is. */
function aligned(cell: string, column: number, width: number): string {
  return column === 1 ? cell.padStart(width) : cell.padEnd(width);
}
