import type { LedgerReport, Status } from '../status.ts';

export interface OrderView {
  orderId: string; customerId: string; status: string; saga?: string; reason?: string;
  total: Money; lines: { productId: string; quantity: number }[]; placedAt: string; settledAt?: string; version: number;
}
export interface Money { amount: number; currency: string }
export interface AuditEntry { time: string; event: string; summary: string; stream: string; version: number }
export interface Notification { orderId: string; customerId: string; kind: string; subject: string; text: string; at: string }
export interface RebuildSum { counts: { orders: Record<string, number> }; entries: number; digest: string }
export interface Rebuild {
  state: 'never' | 'running' | 'differs' | 'failed' | 'done' | 'discarding' | 'discarded';
  records: number; total: number; startedAt?: string; error?: { code: string; detail: string };
  comparison?: { equal: boolean; live: RebuildSum; candidate: RebuildSum; differing: number; examples: string[] };
  generations: { name: string; orders: number; records: number }[];
}
export interface Product { productId: string; name: string; price: Money; available: number }

/** An answer that is not 2xx, as RFC 9457 tells it. */
export class ApiProblem extends Error {
  readonly status: number;
  constructor(status: number, title: string) {
    super(title);
    this.status = status;
  }
}

let session: Promise<string> | undefined;

async function token(): Promise<string> {
  session ??= fetch('/console/api/session').then(read<{ token: string }>).then((answer) => answer.token);
  session.catch(() => { session = undefined; });
  return session;
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const body = await response.json().catch(() => ({})) as T & { title?: string; detail?: string };
  if (response.ok) return body;
  throw new ApiProblem(response.status, body.detail ?? body.title ?? `status ${response.status}`);
}

async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const send = async () => fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${await token()}` } });
  const response = await send();
  if (response.status !== 401) return read<T>(response);
  session = undefined; // it expired, or the platform began anew
  return read<T>(await send());
}

function post<T>(path: string, body: unknown): Promise<T> {
  return call<T>(path, {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  });
}

export const api = {
  status: () => fetch('/console/api/status').then(read<Status>),
  ledger: () => fetch('/console/api/ledger').then(read<LedgerReport>),
  orders: (query: string) => call<{ items: OrderView[]; nextCursor?: string }>(`/orders?${query}`),
  order: (id: string, minVersion?: number) =>
    call<OrderView>(`/orders/${encodeURIComponent(id)}${minVersion === undefined ? '' : `?minVersion=${minVersion}`}`),
  audit: (id: string) => call<{ items: AuditEntry[] }>(`/orders/${encodeURIComponent(id)}/events`),
  notifications: () => call<{ items: Notification[] }>('/notifications?limit=12'),
  products: () => call<{ items: Product[] }>('/products?limit=100'),
  place: (order: { customerId: string; paymentMethod: string; lines: { productId: string; quantity: number }[] }) =>
    post<{ orderId: string; version: number }>('/orders', order),
  rebuild: () => call<Rebuild>('/history/rebuild'),
  startRebuild: (query = '') => call<unknown>(`/history/rebuild?${query}`, { method: 'POST' }),
  discardRebuild: () => call<unknown>('/history/rebuild', { method: 'DELETE' }),
  dropRetired: () => call<unknown>('/history/retired', { method: 'DELETE' }),
  cancel: (id: string) => post<unknown>(`/orders/${encodeURIComponent(id)}/cancel`, {}),
};
