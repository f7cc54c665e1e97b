import { httpErrors, type Http, type HttpRequest, type HttpResponse } from '@tradewind/chassis/http/client.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { Running } from '../world/slot.ts';
import type { World } from '../world/world.ts';

const op = operations('http', { reading: [], changing: ['send'] });

/** A process's way to the other services. */
export function httpVia(world: World, process: Process): Http {
  const via = viaOf(process);
  return {
    send: (request) => via(op.send, () => {
      const left = request.deadline - process.clock.now();
      return exchange(world, request, { patienceMs: left, chance: process.chance });
    }, () => `${request.service} ${request.method} ${request.path} ${request.headers['idempotency-key'] ?? ''}`),
  };
}

/**
 * One request to some replica of a service, and its answer.
 * @throws CodedError as `Http.send`: `http-unreachable` where nobody listens, `http-timeout` where no answer comes in time, or the
 *   one who was to give it dies.
 */
export function exchange(world: World, request: HttpRequest, { patienceMs, chance }: { patienceMs: number; chance: Random }): Promise<HttpResponse> {
  const { scheduler } = world;
  return new Promise((resolve, reject) => {
    const give = (take: () => void) => scheduler.after(transit(chance), take);
    const unanswered = (): void => reject(httpErrors.error('http-timeout', `${request.service} did not answer`));
    if (patienceMs <= 0) return unanswered();
    const cancel = scheduler.after(patienceMs * 1_000, unanswered);
    give(() => {
      const slots = world.slotsOf(request.service);
      const slot = slots[Math.floor(chance.next() * slots.length)];
      const { running } = slot ?? {};
      if (!slot || slot.cuts > 0) return; // until the deadline
      if (!running?.handler || running.process.dead) {
        cancel();
        return reject(httpErrors.error('http-unreachable', `${slot.name} does not listen`));
      }
      const stop = running.process.atEnd(() => give(unanswered)); // the connection breaks
      handle(world, running, request, (answer) => {
        stop();
        if (slot.cuts > 0) return;
        give(() => {
          cancel();
          resolve({ ...answer, body: Buffer.from(answer.body) });
        });
      });
    });
  });
}

function handle(world: World, { process, handler }: Running, request: HttpRequest, done: (answer: { status: number; headers: Record<string, string>; body: Buffer | string }) => void): void {
  const { method, path, headers, body = '', deadline } = request;
  process.later(0, () => {
    world.trace.note(process, `http.handle ${method} ${path}`, () => headers['idempotency-key'] ?? '');
    void handler?.({ method, path, headers: { ...headers, 'x-deadline': String(deadline) }, body: Buffer.from(body), remote: '10.0.0.1' })
      .then((answer) => {
        if (process.dead) return;
        world.trace.note(process, `http.answer ${method} ${path} ${answer.status}`, () => headers['idempotency-key'] ?? '');
        process.later(0, () => done(answer));
      });
  });
}

/** Microseconds on the wire. */
function transit(chance: Random): number {
  return 100 + chance.next() * 1_500;
}
