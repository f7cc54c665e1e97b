import type { Express, Response } from 'express';
import type { Bundle } from './bundle.ts';
import type { LedgerReport, Status } from './status.ts';

/** What the page asks of the platform it is served by. */
export interface ConsoleSources {
  status(): Promise<Status>;
  ledger(): Promise<LedgerReport>;
  /** A token the page calls the public API with. */
  token(): Promise<string>;
}

const TYPES: Record<keyof Bundle, string> = { 'index.html': 'text/html', 'console.js': 'text/javascript', 'console.css': 'text/css' };
const HEADERS = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store',
};

/**
 * Serves the console under /console, and leads there from /. It hands an operator's token to whoever can open it: mount it where
 * only its users can connect, such as loopback. A request that names another host is refused, so that a
 * web site elsewhere cannot reach it through the browser by rebinding a name.
 */
export function mountConsole(app: Express, files: Bundle, sources: ConsoleSources): void {
  const file = (name: keyof Bundle) => (_request: unknown, response: Response) =>
    void response.set(HEADERS).type(TYPES[name]).send(files[name]);
  app.use('/console', (request, response, next) => {
    if (['localhost', '127.0.0.1', '[::1]'].includes(request.headers.host?.replace(/:\d+$/, '') ?? '')) next();
    else response.status(421).type('text/plain').send('The console answers on localhost only.\n');
  });
  app.get(/^\/$/, (_request: unknown, response: Response) => response.redirect('/console'));
  app.get('/console', file('index.html'));
  app.get('/console/console.js', file('console.js'));
  app.get('/console/console.css', file('console.css'));
  app.get('/console/api/status', answer(sources.status));
  app.get('/console/api/ledger', answer(sources.ledger));
  app.get('/console/api/session', answer(async () => ({ token: await sources.token() })));
}

function answer(read: () => Promise<object>) {
  return async (_request: unknown, response: Response): Promise<void> => {
    try {
      response.set(HEADERS).json(await read());
    } catch {
      response.set({ ...HEADERS, 'retry-after': '1' }).status(503).type('application/problem+json')
        .send(JSON.stringify({ type: 'https://tradewind.dev/problems/service-unavailable', title: 'A service does not answer', status: 503, code: 'service-unavailable' }));
    }
  };
}
