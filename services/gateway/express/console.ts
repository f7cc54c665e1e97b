import { request as ask } from 'node:http';
import type { Express, Request, Response } from 'express';

const PATIENCE_MS = 30_000;

/**
 * Shows the console that is served at `origin` beneath `/console`, and leads there from `/`. The host that was asked
 * for goes with each request: the console answers on names of this machine only.
 */
export function mountConsoleAt(app: Express, origin: string): void {
  app.get(/^\/$/, (_request: Request, response: Response) => response.redirect('/console'));
  app.use('/console', (incoming: Request, response: Response) => {
    const { method, originalUrl, headers: { host = '', accept = '*/*' } } = incoming;
    const outgoing = ask(new URL(originalUrl, origin), { method, headers: { host, accept }, timeout: PATIENCE_MS }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => {
      if (!response.headersSent) response.status(503).set('retry-after', '1').type('text/plain').send('The console is not there.\n');
      else response.destroy();
    });
    response.on('close', () => outgoing.destroy());
    outgoing.end();
  });
}
