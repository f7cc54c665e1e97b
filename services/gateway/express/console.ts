import { handOn } from '@tradewind/chassis/http/express/hand-on.ts';
import type { Express, Request, Response } from 'express';

/**
 * Shows the console that is served at `origin` beneath `/console`, and leads there from `/`. The host that was asked
 * for goes with each request: the console answers on names of this machine only.
 */
export function mountConsoleAt(app: Express, origin: string): void {
  app.get(/^\/$/, (_request: Request, response: Response) => response.redirect('/console'));
  app.use('/console', (incoming: Request, response: Response) => {
    const { host = '', accept = '*/*' } = incoming.headers;
    handOn(incoming, response, { origin, name: 'The console', headers: { host, accept } });
  });
}
