/** In the order in which they start: who is asked before who asks. */
export const serviceNames = ['customers', 'inventory', 'payments', 'notifications', 'order-history', 'orders', 'gateway'] as const;
export type ServiceName = (typeof serviceNames)[number];
