import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../system/clock.ts';
import type { Http, HttpRequest } from './client.ts';
import type { Handler, RawRequest } from './raw.ts';

/** An adapter under test: its port, with `shop` served by the handler it was given. */
export interface HttpUnderTest { http: Http; close(): Promise<void> }

/** What every adapter of the port `Http` keeps. */
export function httpContract(adapter: string, open: (shop: Handler) => Promise<HttpUnderTest>): void {
  describe(`HTTP out by ${adapter}`, () => {
    const seen: RawRequest[] = [];
    const shop: Handler = (request) => {
      seen.push(request);
      if (request.path === '/hang') return new Promise(() => undefined);
      return Promise.resolve({ status: 418, headers: { 'x-mine': 'yes', 'content-type': 'text/plain' }, body: 'héllo' });
    };
    let under: HttpUnderTest;
    beforeAll(async () => { under = await open(shop); });
    afterAll(() => under.close());

    const send = (request: Partial<HttpRequest>) =>
      under.http.send({ service: 'shop', method: 'GET', path: '/', headers: {}, deadline: systemClock.now() + 5_000, ...request });

    test('a request arrives as it was sent, with its deadline, and the answer comes back as it is', async () => {
      const deadline = systemClock.now() + 4_000;
      const answer = await send({ method: 'POST', path: '/a%2Fb?c=%20', headers: { 'x-given': 'g' }, body: Buffer.from([0, 255]), deadline });
      expect([answer.status, answer.headers['x-mine'], answer.body.toString()]).toEqual([418, 'yes', 'héllo']);
      expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/a%2Fb?c=%20', body: Buffer.from([0, 255]), headers: { 'x-given': 'g', 'x-deadline': String(deadline) } });
    });

    test('requests side by side get their own answers', async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => send({ method: 'PUT', path: `/${n}`, body: `${n}` })));
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([418]));
    });

    test('no answer by the deadline is http-timeout, which may be tried again', async () => {
      await expect(send({ path: '/hang', deadline: systemClock.now() + 20 })).rejects.toMatchObject({ code: 'http-timeout', canRetry: true });
      expect((await send({})).status).toBe(418);
    });

    test('a deadline that has passed sends nothing', async () => {
      const before = seen.length;
      await expect(send({ deadline: systemClock.now() })).rejects.toMatchObject({ code: 'http-timeout' });
      expect(seen.length).toBe(before);
    });

    test('a service that nobody knows is http-unreachable', async () => {
      await expect(send({ service: 'nobody' })).rejects.toMatchObject({ code: 'http-unreachable', canRetry: true });
    });
  });
}
