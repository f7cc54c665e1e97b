import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Methods of AMQP 0-9-1 that the peer knows, by class and method. */
const IDS = {
  'connection.start': [10, 10], 'connection.start-ok': [10, 11], 'connection.tune': [10, 30], 'connection.tune-ok': [10, 31],
  'connection.open': [10, 40], 'connection.open-ok': [10, 41], 'connection.close': [10, 50], 'connection.close-ok': [10, 51],
  'channel.open': [20, 10], 'channel.open-ok': [20, 11], 'channel.close': [20, 40], 'channel.close-ok': [20, 41],
  'queue.declare': [50, 10], 'queue.declare-ok': [50, 11], 'basic.qos': [60, 10], 'basic.qos-ok': [60, 11],
  'basic.consume': [60, 20], 'basic.consume-ok': [60, 21], 'basic.get': [60, 70], 'basic.get-empty': [60, 72],
  'basic.cancel': [60, 30], 'basic.cancel-ok': [60, 31],
} as const;
type Method = keyof typeof IDS;

const NOTHING = Buffer.alloc(0);
/** What the peer says to each, with the arguments. */
const ANSWERS: Partial<Record<Method, [answer: Method, args: Buffer]>> = {
  'connection.start-ok': ['connection.tune', hex('0000 00020000 0000')],
  'connection.open': ['connection.open-ok', hex('00')],
  'connection.close': ['connection.close-ok', NOTHING],
  'channel.open': ['channel.open-ok', hex('00000000')],
  'channel.close': ['channel.close-ok', NOTHING],
  'queue.declare': ['queue.declare-ok', hex('0171 00000000 00000000')],
  'basic.qos': ['basic.qos-ok', NOTHING],
  'basic.consume': ['basic.consume-ok', hex('0174')],
  'basic.get': ['basic.get-empty', hex('00')],
  'basic.cancel': ['basic.cancel-ok', hex('0174')],
};
const START: [Method, Buffer] = ['connection.start', Buffer.concat([hex('0009 00000000 00000005'), Buffer.from('PLAIN'), hex('00000005'), Buffer.from('en_US')])];

const [METHOD, HEARTBEAT, END] = [1, 8, 0xce];
const HEADER_BYTES = 7;

/** A server that says the least there is to say, and fails at a certain word: what real ones do too seldom to be tested with. */
export interface AmqpPeer {
  url: string;
  /** Methods that came, in turn, of all connections. */
  readonly heard: Method[];
  /** From now on, by a method that comes: `cut` ends its connection, `silent` leaves it without an answer. */
  readonly moods: Map<Method, 'cut' | 'silent'>;
  /** Answers the last one that was left without. */
  catchUp(): void;
  /** Ends all connections. */
  cut(): void;
  close(): Promise<void>;
}

export async function startAmqpPeer(): Promise<AmqpPeer> {
  const sockets = new Set<Socket>();
  const heard: Method[] = [];
  const moods: AmqpPeer['moods'] = new Map();
  let owed = (): void => undefined;
  const hear = (socket: Socket, channel: number, method: Method): void => {
    heard.push(method);
    const answer = ANSWERS[method];
    const say = (): void => { if (answer) socket.write(frame(METHOD, channel, methodOf(...answer))); };
    const mood = moods.get(method);
    if (mood === 'cut') socket.destroy();
    else if (mood === 'silent') owed = say;
    else say();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let unread: Buffer = NOTHING;
    socket.once('data', (greeting: Buffer) => { // the client says nothing more before it is answered
      if (greeting.toString('latin1', 0, 4) !== 'AMQP') return void socket.destroy();
      socket.write(frame(METHOD, 0, methodOf(...START)));
      socket.on('data', (data: Buffer) => {
        unread = read(Buffer.concat([unread, data]), (type, channel, payload) => {
          if (type === HEARTBEAT) socket.write(frame(HEARTBEAT, 0, NOTHING));
          const method = type === METHOD ? nameOf(payload) : undefined;
          if (method) hear(socket, channel, method);
        });
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const cut = (): void => { for (const socket of sockets) socket.destroy(); };
  return {
    url: `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, moods, cut,
    catchUp: () => owed(),
    close: () => {
      cut();
      return new Promise((resolve) => { server.close(() => resolve()); });
    },
  };
}

function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex');
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(type);
  header.writeUInt16BE(channel, 1);
  header.writeUInt32BE(payload.length, 3);
  return Buffer.concat([header, payload, Buffer.from([END])]);
}

function methodOf(method: Method, args: Buffer): Buffer {
  const id = Buffer.alloc(4);
  id.writeUInt16BE(IDS[method][0]);
  id.writeUInt16BE(IDS[method][1], 2);
  return Buffer.concat([id, args]);
}

function nameOf(payload: Buffer): Method | undefined {
  const [type, method] = [payload.readUInt16BE(), payload.readUInt16BE(2)];
  return (Object.keys(IDS) as Method[]).find((name) => IDS[name][0] === type && IDS[name][1] === method);
}

/** @returns what does not make a frame yet. */
function read(data: Buffer, each: (type: number, channel: number, payload: Buffer) => void): Buffer {
  let rest = data;
  while (rest.length >= HEADER_BYTES) {
    const end = HEADER_BYTES + rest.readUInt32BE(3);
    if (rest.length <= end) break;
    each(rest.readUInt8(), rest.readUInt16BE(1), rest.subarray(HEADER_BYTES, end));
    rest = rest.subarray(end + 1);
  }
  return rest;
}
