import { commands, type CommandName, type CommandOf } from './commands/catalogue.ts';
import type { Draft, Envelope, Lineage } from './envelope.ts';
import { messageErrors } from './errors.ts';
import type { Kind } from './fact.ts';
import { facts, type FactName, type FactOf } from './facts/catalogue.ts';

/** What an envelope needs besides its message. */
export interface Stamp extends Lineage {
  id: string;
  source: string;
  partitionkey: string;
  /** Epoch milliseconds. */
  now: number;
}

const byType = <Name extends string>(kinds: Record<Name, Kind>): Map<string, { name: Name; kind: Kind }> =>
  new Map((Object.keys(kinds) as Name[]).map((name) => [kinds[name].type, { name, kind: kinds[name] }]));
const factsByType = byType<FactName>(facts);
const commandsByType = byType<CommandName>(commands);

/** `tradewind.order.placed.v2` for OrderPlaced: the wire type at its current version. */
export function wireType(kind: Kind): string {
  return `${kind.type}.v${kind.version}`;
}

/** An event ready for its stream. Its data is of our own making and is not validated again. */
export function encodeFact(fact: FactOf<FactName>, stamp: Stamp): Draft {
  return envelope(facts[fact.type], fact.data, stamp);
}

/** A command ready for its exchange. */
export function encodeCommand(command: CommandOf<CommandName>, stamp: Stamp, subject: string): Envelope {
  return { ...envelope(commands[command.type], command.data, stamp), subject };
}

function envelope(kind: Kind, data: unknown, stamp: Stamp): Draft {
  const { now, ...rest } = stamp;
  return {
    specversion: '1.0', type: wireType(kind), time: new Date(now).toISOString(),
    datacontenttype: 'application/json', ...rest, data,
  };
}

/**
 * The event in an envelope, at its current version. Older versions are upcast; the data is trusted,
 * since only validated events are ever stored.
 * @throws CodedError `message-type-unknown`, `message-from-the-future`
 */
export function decodeFact<Name extends FactName = FactName>(message: Pick<Envelope, 'type' | 'data'>): FactOf<Name> {
  const { name, data } = upcast(factsByType, message);
  return { type: name, data } as FactOf<Name>;
}

/**
 * Holds the data of an event against its schema: for those who suspect it, since it came on no usual way.
 * @throws CodedError `message-invalid`, and as `decodeFact`
 */
export function validateFact(message: Pick<Envelope, 'type' | 'data'>): void {
  const { kind, data } = upcast(factsByType, message);
  const parsed = kind.schema.safeParse(data);
  if (!parsed.success) throw messageErrors.error('message-invalid', `${message.type}: ${parsed.error.message}`);
}

/** Name of the event in an envelope, or undefined where this program knows none. */
export function factName(message: Pick<Envelope, 'type'>): FactName | undefined {
  return factsByType.get(split(message.type).type)?.name;
}

/**
 * The command in an envelope, upcast and validated: it comes from another service.
 * @throws CodedError `message-type-unknown`, `message-from-the-future`, `message-invalid`
 */
export function decodeCommand<Name extends CommandName = CommandName>(message: Pick<Envelope, 'type' | 'data'>): CommandOf<Name> {
  const { name, kind, data } = upcast(commandsByType, message);
  const parsed = kind.schema.safeParse(data);
  if (!parsed.success) throw messageErrors.error('message-invalid', `${message.type}: ${parsed.error.message}`);
  return { type: name, data: parsed.data } as CommandOf<Name>;
}

function split(wire: string): { type: string; version: number } {
  const at = wire.lastIndexOf('.v');
  return { type: wire.slice(0, at), version: Number(wire.slice(at + 2)) };
}

function upcast<Name extends string>(known: Map<string, { name: Name; kind: Kind }>, message: Pick<Envelope, 'type' | 'data'>) {
  const { type, version } = split(message.type);
  const found = known.get(type);
  if (!found || !(version >= 1)) throw messageErrors.error('message-type-unknown', message.type);
  if (version > found.kind.version) throw messageErrors.error('message-from-the-future', message.type);
  let data = message.data;
  for (const step of found.kind.upcasters.slice(version - 1)) data = step(data as never);
  return { ...found, data };
}
