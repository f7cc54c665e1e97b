import { errorCatalogue } from '@tradewind/events/errors.ts';

export const readModelErrors = errorCatalogue('order-history', {
  'position-moved': { title: 'Another consumer has folded this partition further', canRetry: true },
  'record-ahead': { title: 'The read model has yet to go past this record', canRetry: true },
  'log-too-short': { title: 'The log does not reach to where the read model stands', canRetry: false },
  'rebuild-running': { title: 'The read model is being rebuilt already', canRetry: true },
  'rebuild-waits': { title: 'A generation waits to be accepted or discarded', canRetry: false },
  'rebuild-differs': { title: 'The rebuilt read model differs from the one that is read', canRetry: false },
  'nothing-retired': { title: 'No earlier generation is kept', canRetry: false },
});
