import { Client, type Reply, type Send } from '@tradewind/client/client.ts';
import { renewed } from '@tradewind/client/renewed.ts';
import type { Command } from 'commander';
import { openGateway, openIssuer } from './gateway.ts';
import { placeOf } from './place.ts';
import { UserError, type Terminal } from './terminal.ts';

const PERSIST_MS = 10_000;

/** The platform refused a request. */
export class Refused extends UserError {
  override readonly name = 'Refused';
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The public API, as an operator. */
export interface Api {
  /** Of the gateway. */
  readonly origin: string;
  /** Requests that had to be sent more than once. */
  readonly resent: number;
  /** Whatever the answer is. @throws UserError when there is none for as long as an outage is waited out. */
  send(what: Send): Promise<Reply>;
  /** From now on no outage is waited out. */
  hurry(): void;
  /** @returns the answer's body. @throws Refused where it is a problem. */
  ask<Body>(what: Send): Promise<Body>;
}

/** Does `work` with the API of the platform that the command names. @param persist how long an outage is waited out, in ms. */
export async function withApi<T>(
  command: Command, terminal: Terminal, work: (api: Api) => Promise<T>, { persist = PERSIST_MS }: { persist?: number } = {},
): Promise<T> {
  const place = placeOf(command, terminal);
  const issuer = await openIssuer(place, terminal.env);
  const gateway = await openGateway(place, terminal.env);
  const client = new Client({ origin: () => gateway.origin, token: renewed(() => issuer.issue({ operator: 'cli' })), persist });
  const send = (what: Send) => client.send(what).catch((error: unknown) => {
    throw new UserError(`the platform does not answer at ${gateway.origin}: ${error instanceof Error ? error.message || error.name : String(error)}`);
  });
  try {
    return await work({
      origin: gateway.origin,
      get resent() { return client.resent; },
      send,
      hurry: () => client.hurry(),
      async ask<Body>(what: Send): Promise<Body> {
        const reply = await send(what);
        if (reply.status >= 400) throw refused(reply, (pointer) => optionOf(pointer, command));
        return reply.body as Body;
      },
    });
  } finally {
    await client.close();
    await gateway.close();
  }
}

/** What the platform said against a request, in one line. @param name what a place in the request is called. */
export function refused({ status, body }: Reply, name = (pointer: string) => pointer): Refused {
  const { code = 'no-problem-details', title, detail, errors = [] } = (typeof body === 'object' ? body : {}) as
    { code?: string; title?: string; detail?: string; errors?: { pointer: string; detail: string }[] };
  const said = errors.length > 0 ? errors.map((each) => `${name(each.pointer)}: ${each.detail}`).join('; ') : detail ?? title ?? `status ${status}`;
  return new Refused(code, status, `${said.replaceAll('\n', ' ').replace(/\.$/, '')} (${code})`);
}

/** Options that are called otherwise than the API calls it. */
const CALLED: Record<string, string[]> = {
  placedAfter: ['after'], placedBefore: ['before'], customerId: ['customer', 'id'], productId: ['id'], orderId: ['id'], lines: ['line'],
};

/** The option that a place in the request came from; the place itself where there is none. */
function optionOf(pointer: string, { options }: Command): string {
  const field = pointer.split('/')[2] ?? '';
  const names = [field, ...CALLED[field] ?? []];
  return options.find((option) => names.includes(option.attributeName()))?.long ?? pointer;
}

/** A path of the API with ids in it, whatever they are. */
export function at(parts: TemplateStringsArray, ...ids: string[]): string {
  return parts.reduce((path, part, index) => `${path}${encodeURIComponent(ids[index - 1] ?? '')}${part}`);
}
