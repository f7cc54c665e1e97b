import type { Clock } from '../clock.ts';
import { httpErrors, type Http } from './client.ts';
import type { Handler } from './raw.ts';

/** HTTP out by calling handlers in the same process: no socket, the same answers. */
export function directHttp(handlers: (service: string) => Handler | undefined, clock: Clock): Http {
  return {
    async send({ service, method, path, headers, body = '', deadline }) {
      const handler = handlers(service);
      if (!handler) throw httpErrors.error('http-unreachable', `nobody knows where ${service} listens`);
      const left = deadline - clock.now();
      if (left <= 0) throw httpErrors.error('http-timeout', `no time was left to ask ${service}`);
      const { promise: late, reject } = Promise.withResolvers<never>();
      const cancel = clock.after(left, () => reject(httpErrors.error('http-timeout', `${service} did not answer in time`)));
      const asked = handler({ method, path, headers: { ...headers, 'x-deadline': String(deadline) }, body: Buffer.from(body) });
      const answer = await Promise.race([asked, late]).finally(cancel);
      return { ...answer, body: Buffer.from(answer.body) };
    },
  };
}
