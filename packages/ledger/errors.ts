import { errorCatalogue } from '@tradewind/events/errors.ts';

export const ledgerErrors = errorCatalogue('ledger', {
  'source-unavailable': { title: 'A store that the ledger reads does not answer', canRetry: true },
});
