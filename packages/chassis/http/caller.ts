import { id } from '@tradewind/events/ids.ts';
import { Problem } from './problem.ts';
import type { Caller, Route } from './route.ts';

/** Caller as the header `x-caller` says it: `customer:ID`, `operator:NAME`, `service:NAME`; undefined for anyone. */
export function callerHeader(caller: Caller): string | undefined {
  switch (caller.role) {
    case 'anonymous': return undefined;
    case 'customer': return `customer:${caller.customerId}`;
    case 'operator': return `operator:${caller.name}`;
    case 'service': return `service:${caller.name}`;
  }
}

/**
 * The caller that the gateway, or another service, vouches for.
 * @throws Problem `token-invalid` for a header that no one of ours writes.
 */
export function callerOf(header: string | undefined): Caller {
  if (header === undefined) return { role: 'anonymous' };
  const [role, name = ''] = split(header);
  if (id.safeParse(name).success) {
    if (role === 'customer') return { role, customerId: name };
    if (role === 'operator' || role === 'service') return { role, name };
  }
  throw new Problem('token-invalid', 'The header x-caller is malformed.');
}

/** @throws Problem `token-missing` · `forbidden` */
export function authorize(caller: Caller, route: Pick<Route, 'roles'>): void {
  if (route.roles.length === 0 || caller.role === 'service' || route.roles.includes(caller.role)) return;
  if (caller.role === 'anonymous') throw new Problem('token-missing', 'This needs a bearer token.');
  throw new Problem('forbidden', `The role ${caller.role} may not do this.`);
}

function split(header: string): [string, string | undefined] {
  const colon = header.indexOf(':');
  return colon < 0 ? [header, undefined] : [header.slice(0, colon), header.slice(colon + 1)];
}
