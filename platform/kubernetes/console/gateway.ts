import { endToEnd, handOn } from '@tradewind/chassis/http/express/hand-on.ts';
import type { Express, NextFunction, Request, Response } from 'express';

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
    else handOn(incoming, response, { origin: gateway, name: 'The gateway', headers: endToEnd(incoming.headers) });
  });
}
