import { errorCatalogue } from '@tradewind/events/errors.ts';

export const processErrors = errorCatalogue('process', {
  'server-refused': { title: 'A server refused the credentials, or its certificate is not trusted', canRetry: false },
  'server-unreachable': { title: 'A server did not answer for as long as a start may take', canRetry: true },
});
