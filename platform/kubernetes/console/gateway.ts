import { request as ask, type OutgoingHttpHeaders } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';

const PATIENCE_MS = 30_000;
/** Of one connection, not of the message. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer'];

/**
 * Hands what the page asks of the public API on to the gateway, as it is: nobody gets further by this than with the token they bring. So the
 * console can be used at its own port, where the gateway does not show it.
 * @param own whether a path is this process's.
 */
export function mountGateway(app: Express, gateway: string, own: (path: string) => boolean): void {
  // What the console does not know it would get back from a gateway that shows it, for ever.
  app.use('/console', (_request: Request, response: Response) => void response.sendStatus(404));
  app.use((incoming: Request, response: Response, next: NextFunction) => {
    if (own(incoming.path)) next();
    else handOn(incoming, response, gateway);
  });
}

function handOn(incoming: Request, response: Response, gateway: string): void {
  const { method, originalUrl } = incoming;
  const outgoing = ask(new URL(originalUrl, gateway), { method, headers: endToEnd(incoming.headers), timeout: PATIENCE_MS }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    answer.pipe(response);
  });
  outgoing.on('timeout', () => outgoing.destroy());
  outgoing.on('error', () => {
    if (!response.headersSent) response.status(503).set('retry-after', '1').type('text/plain').send('The gateway is not there.\n');
    else response.destroy();
  });
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function endToEnd(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host' && !HOP_BY_HOP.includes(name)));
}
