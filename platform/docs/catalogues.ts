import { tokenErrors } from '@tradewind/chassis/auth/tokens.ts';
import { configErrors } from '@tradewind/chassis/config.ts';
import { httpErrors } from '@tradewind/chassis/http/client.ts';
import { listenErrors } from '@tradewind/chassis/http/express/listen.ts';
import { generalProblems, type ProblemKinds } from '@tradewind/chassis/http/problem.ts';
import { problems as customers } from '@tradewind/customers/http/problems.ts';
import { storeErrors } from '@tradewind/event-store/port.ts';
import { messageErrors, type ErrorCatalogue } from '@tradewind/events/errors.ts';
import { problems as inventory } from '@tradewind/inventory/http/problems.ts';
import { ledgerErrors } from '@tradewind/ledger/errors.ts';
import { parkingErrors } from '@tradewind/log/parking/port.ts';
import { logErrors } from '@tradewind/log/port.ts';
import { problems as notifications } from '@tradewind/notifications/http/problems.ts';
import { problems as orderHistory } from '@tradewind/order-history/http/problems.ts';
import { readModelErrors } from '@tradewind/order-history/read-model/port.ts';
import { problems as orders } from '@tradewind/orders/http/problems.ts';
import { problems as payments } from '@tradewind/payments/http/problems.ts';
import { providerErrors } from '@tradewind/payments/provider/port.ts';
import { processErrors } from '@tradewind/process/errors.ts';
import { tasksErrors } from '@tradewind/tasks/port.ts';

/** What each service answers with over HTTP, beside the general problems. */
export const problems: Record<string, ProblemKinds> = {
  'Any route': generalProblems, orders, customers, inventory, payments, notifications, 'order-history': orderHistory,
};

/** What packages and services throw inside; the test beside this holds the list complete. */
export const catalogues: ErrorCatalogue<string>[] = [
  messageErrors, storeErrors, logErrors, parkingErrors, tasksErrors, httpErrors, listenErrors, tokenErrors, configErrors, ledgerErrors, readModelErrors, providerErrors, processErrors,
];
