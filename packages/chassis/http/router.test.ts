import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { router } from './router.ts';

const find = router([
  { method: 'POST', path: '/orders' },
  { method: 'GET', path: '/orders' },
  { method: 'GET', path: '/orders/{orderId}' },
  { method: 'GET', path: '/orders/recent' },
  { method: 'DELETE', path: '/orders/{orderId}' },
  { method: 'GET', path: '/orders/{orderId}/events' },
]);
const found = (path: string, method = 'GET') => {
  const match = find(method, path);
  return match.type === 'found' ? [match.entry.path, match.params] : match.type;
};

test('a path finds its operation, with parameters decoded', () => {
  expect(found('/orders/o%201/events')).toEqual(['/orders/{orderId}/events', { orderId: 'o 1' }]);
  expect(found('/orders', 'POST')).toEqual(['/orders', {}]);
});

test('a literal segment wins over a parameter', () => {
  expect(found('/orders/recent')).toEqual(['/orders/recent', {}]);
});

test('a literal path has its own methods only, not those of a template it would fit', () => {
  expect(found('/orders/o-1', 'DELETE')).toEqual(['/orders/{orderId}', { orderId: 'o-1' }]);
  expect(find('DELETE', '/orders/recent')).toEqual({ type: 'method', allow: ['GET', 'HEAD'] });
});

test('HEAD finds what GET finds', () => {
  expect(found('/orders/o-1', 'HEAD')).toEqual(['/orders/{orderId}', { orderId: 'o-1' }]);
});

test('a known path with another method names the methods it has', () => {
  expect(find('DELETE', '/orders')).toEqual({ type: 'method', allow: ['GET', 'HEAD', 'POST'] });
});

test.each([
  '', 'orders', '//orders', '/orders/', '/orders//events', '/./orders', '/orders/.', '/orders/..', '/orders/%2e%2e', '/orders/a%2Fevents',
  '/orders/a%5cevents', '/orders/%', '/orders/%zz', '/orders/%c0%af', '/%6frders', '/ORDERS', '/orders;x', 'http://other/orders', '/orders/o-1/events/',
])('%s is no path of ours', (path) => {
  expect(found(path)).toBe('none');
});

test('no parameter ever holds a slash, and nothing makes the router throw', () => {
  const piece = fc.oneof(fc.constantFrom('orders', 'events', '..', '.', '', '%2f', '%2F', '%5C', '%', '%25', '%e4', 'o-1'), fc.string());
  fc.assert(fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
    const match = find('GET', `/${pieces.join('/')}`);
    if (match.type === 'found') for (const value of Object.values(match.params)) expect(value).not.toMatch(/[/\\]|^\.\.?$|^$/);
  }), { numRuns: 300 });
});
