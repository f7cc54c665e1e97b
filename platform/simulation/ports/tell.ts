import type { Act, StreamWrite } from '@tradewind/event-store/port.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';

/** A message in a word or two, with the order it belongs to. */
export function told({ type, subject, correlationid, streamversion }: Pick<Envelope, 'type' | 'correlationid'> & Partial<Envelope>): string {
  const name = type.replace(/^tradewind\./, '');
  const where = streamversion === undefined ? subject : `${subject ?? ''}@${streamversion}`;
  return `${name}(${where === undefined || where === '' ? correlationid : where}${subject?.includes(correlationid) === true ? '' : ` of ${correlationid}`})`;
}

export function sent(messages: { envelope: Envelope }[]): string {
  return messages.map(({ envelope }) => told(envelope)).join(' ');
}

export function appended(writes: StreamWrite[], { inbox, tasks = [], answer, timers }: Act = {}): string {
  return [
    ...writes.map(({ stream, expected, events }) => `${stream}@${expected}+[${events.map(({ type }) => type.replace(/^tradewind\./, '')).join(' ')}]`),
    ...(inbox ? [`inbox ${inbox.messageId}`] : []),
    ...(tasks.length > 0 ? [`tasks ${sent(tasks)}`] : []),
    ...(answer ? [`answer ${answer.key}`] : []),
    ...(timers ? [`timers ${[...(timers.set ?? []).map(({ id }) => `+${id}`), ...(timers.clear ?? []).map((id) => `-${id}`)].join(' ')}`] : []),
  ].join(', ');
}
