import { config as customers } from '@tradewind/customers/config.ts';
import { config as gateway } from '@tradewind/gateway/config.ts';
import { config as inventory } from '@tradewind/inventory/config.ts';
import { config as notifications } from '@tradewind/notifications/config.ts';
import { config as orderHistory } from '@tradewind/order-history/config.ts';
import { config as orders } from '@tradewind/orders/config.ts';
import { config as payments } from '@tradewind/payments/config.ts';
import type { z } from 'zod';

/** The environment variables of each service's process; the test beside this holds the list complete. */
export const configurations: Record<string, z.ZodObject> = {
  gateway, orders, customers, inventory, payments, notifications, 'order-history': orderHistory,
};
