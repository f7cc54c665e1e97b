import { createRequire } from 'node:module';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Address, LinkOptions } from '../link.ts';

/** A request as kafkajs writes it, and how its answer is read; `parse` would throw at the first error code in it. */
export interface Exchange<Decoded> {
  request: unknown;
  response: { decode(data: Buffer): Promise<Decoded>; parse(decoded: Decoded): Promise<unknown> };
}

export interface Connection {
  isConnected(): boolean;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  authenticate(): Promise<void>;
  setVersions(versions: Versions): void;
  setSupportAuthenticationProtocol(supported: boolean): void;
  send<Decoded>(exchange: Exchange<Decoded>): Promise<Decoded>;
  rejectRequests(error: Error): void;
  requestQueue: { pending: unknown[]; scheduleCheckPendingRequests(): void };
}

/** By API key. */
export type Versions = Record<number, { maxVersion: number }>;

export interface Encoder {
  writeInt8(value: number): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeString(value: string | null): Encoder;
  writeArray(values: Encoder[]): Encoder;
}

export interface Decoder {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readString(): string | null;
  readArray<Item>(read: (decoder: Decoder) => Item): Item[];
}

export interface Internals {
  Connection: new (options: object) => Connection;
  requests: Record<string, { versions: string[]; protocol(at: { version: number }): (options: object) => Exchange<unknown> }>;
  apiKeys: Record<string, number>;
  Encoder: new () => Encoder;
  Decoder: new (data: Buffer) => Decoder;
}

const require = createRequire(import.meta.url);

/** kafkajs keeps its connection and its protocol to itself: they are reached by their paths, on first use. */
export function internals(): Internals {
  return {
    Connection: require('kafkajs/src/network/connection') as Internals['Connection'],
    requests: (require('kafkajs/src/protocol/requests') as Pick<Internals, 'requests'>).requests,
    apiKeys: require('kafkajs/src/protocol/requests/apiKeys') as Internals['apiKeys'],
    Encoder: require('kafkajs/src/protocol/encoder') as Internals['Encoder'],
    Decoder: require('kafkajs/src/protocol/decoder') as Internals['Decoder'],
  };
}

/** kafkajs sets a timer, by a negative delay of which Node warns, after each answer; it is of use only while a broker slows this client down. */
export function withoutIdleTimers({ requestQueue }: Connection): void {
  const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) schedule();
  };
}

const silent = { namespace: () => silent, debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

interface SocketOptions { host: string; port: number; ssl: object | null; onConnect(): void }

/** As kafkajs makes it, but small requests don't wait for the answer to earlier ones (Nagle's algorithm). */
function socketFactory({ host, port, ssl, onConnect }: SocketOptions): Socket {
  const socket = ssl ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect) : connectTcp({ host, port }, onConnect);
  return socket.setNoDelay(true).setKeepAlive(true, 60_000);
}

export function connectionOptions({ host, port }: Address, { clientId, tls, sasl }: LinkOptions): object {
  return {
    host, port, clientId, socketFactory, logger: silent, connectionTimeout: 3_000, requestTimeout: 600_000,
    ssl: tls ? { ca: [tls.ca] } : null,
    sasl: sasl ? { ...sasl } : null,
    // Whoever calls a link bounds its time: a connection that does not answer is closed as a whole.
    enforceRequestTimeout: false,
  };
}
