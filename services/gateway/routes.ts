/** Where a request goes: the whole of the public API, and nothing besides. */
export interface GatewayRoute {
  method: 'GET' | 'POST' | 'PUT';
  /** As in OpenAPI: `/orders/{orderId}`. */
  path: string;
  service: string;
  /** Without a token; one that is sent must be valid all the same. */
  open?: boolean;
}

export const routes: GatewayRoute[] = [
  { method: 'POST', path: '/orders', service: 'orders' },
  { method: 'POST', path: '/orders/{orderId}/cancel', service: 'orders' },
  { method: 'GET', path: '/orders', service: 'order-history' },
  { method: 'GET', path: '/orders/{orderId}', service: 'order-history' },
  { method: 'GET', path: '/orders/{orderId}/events', service: 'order-history' },
  { method: 'POST', path: '/customers', service: 'customers' },
  { method: 'GET', path: '/customers/{customerId}', service: 'customers' },
  { method: 'PUT', path: '/customers/{customerId}/credit-limit', service: 'customers' },
  { method: 'POST', path: '/products', service: 'inventory' },
  { method: 'GET', path: '/products', service: 'inventory', open: true },
  { method: 'GET', path: '/products/{productId}', service: 'inventory' },
  { method: 'POST', path: '/products/{productId}/stock', service: 'inventory' },
  { method: 'GET', path: '/notifications', service: 'notifications' },
  { method: 'GET', path: '/history/counts', service: 'order-history' },
  { method: 'GET', path: '/history/rebuild', service: 'order-history' },
  { method: 'POST', path: '/history/rebuild', service: 'order-history' },
  { method: 'GET', path: '/sagas', service: 'orders' },
  { method: 'POST', path: '/sagas/{orderId}/resume', service: 'orders' },
  { method: 'GET', path: '/parked/orders.saga', service: 'orders' },
  { method: 'GET', path: '/parked/orders.saga/{id}', service: 'orders' },
  { method: 'POST', path: '/parked/orders.saga/redrive', service: 'orders' },
  { method: 'POST', path: '/parked/orders.saga/{id}/drop', service: 'orders' },
  { method: 'GET', path: '/parked/order-history', service: 'order-history' },
  { method: 'GET', path: '/parked/order-history/{id}', service: 'order-history' },
  { method: 'POST', path: '/parked/order-history/redrive', service: 'order-history' },
  { method: 'POST', path: '/parked/order-history/{id}/drop', service: 'order-history' },
];
