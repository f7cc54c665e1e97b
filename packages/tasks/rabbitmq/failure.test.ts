import { expect, test } from '@jest/globals';
import { tasksErrors } from '../port.ts';
import { asTasksError, blamedExchange, inequivalence } from './failure.ts';

const said = (code: number, name: string, text: string) => Object.assign(new Error(`Operation failed: QueueDeclare; ${code} (${name}) with message "${name.replace('-', '_')} - ${text}"`), { code });

test.each([
  [said(404, 'NOT-FOUND', 'no queue \'a\' in vhost \'/\''), 'queue-unknown', 'no queue \'a\' in vhost \'/\''],
  [said(404, 'NOT-FOUND', 'no exchange \'a\' in vhost \'/\''), 'exchange-unknown', 'no exchange \'a\' in vhost \'/\''],
  [said(405, 'RESOURCE-LOCKED', 'cannot obtain exclusive access'), 'queue-unknown', 'cannot obtain exclusive access'],
  [said(403, 'ACCESS-REFUSED', 'access to queue \'a\' in vhost \'/\' refused for user \'u\''), 'tasks-forbidden', 'access to queue \'a\' in vhost \'/\' refused for user \'u\''],
  [said(541, 'INTERNAL-ERROR', 'no'), 'tasks-unavailable', 'no'],
  [new Error('Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"'), 'tasks-credentials-refused', 'the server refuses the user or its password'],
  [new Error('connect ECONNREFUSED'), 'tasks-unavailable', 'connect ECONNREFUSED'],
  ['a string', 'tasks-unavailable', 'a string'],
])('%s is told as %s', (error, code, message) => {
  expect(asTasksError(error)).toMatchObject({ code, message });
});

test('an error of the port stays as it is', () => {
  const error = tasksErrors.error('unroutable');
  expect(asTasksError(error)).toBe(error);
});

test.each([
  ['inequivalent arg \'x-dead-letter-routing-key\' for queue \'it\'s\' in vhost \'/\': received \'3/1/2/3\' but current is \'8/200/2/30000\'', { argument: 'x-dead-letter-routing-key', current: '8/200/2/30000' }],
  ['inequivalent arg \'x-queue-type\' for queue \'q\' in vhost \'/\': received the value \'quorum\' of type \'longstr\' but current is none', { argument: 'x-queue-type', current: 'none' }],
  ['inequivalent arg \'x-dead-letter-routing-key\' for queue \'a name so long that the server cuts off what it h', { argument: 'x-dead-letter-routing-key', current: 'something else' }],
])('a refused declaration tells the difference: %s', (text, difference) => {
  expect(inequivalence(said(406, 'PRECONDITION-FAILED', text))).toEqual(difference);
});

test('other refusals tell none', () => {
  expect(inequivalence(said(406, 'PRECONDITION-FAILED', 'unknown delivery tag 1'))).toBeUndefined();
  expect(inequivalence(said(404, 'NOT-FOUND', 'inequivalent arg \'x\''))).toBeUndefined();
});

test.each([
  ['no exchange \'a.b\' in vhost \'/\'', 'a.b'],
  ['access to exchange \'a\' in vhost \'it\'s\' refused for user \'u\'', 'a'],
  ['message size 20 is larger than configured max size 10', undefined],
])('a refused message tells its exchange: %s', (text, exchange) => {
  expect(blamedExchange(said(403, 'ACCESS-REFUSED', text))).toBe(exchange);
});
