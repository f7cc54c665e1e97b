import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express, NextFunction, Request, Response } from 'express';

/** Scripts and styles from this server only; images may also be part of the style sheet. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HEADERS = { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** All that the page needs of Swagger UI; its package holds much more. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Hangs Swagger UI, showing `/openapi.json`, beneath `/docs`. */
export function mountDocs(app: Express): void {
  const require = createRequire(import.meta.url);
  const swagger = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  app.get('/docs', file(fileURLToPath(new URL('./docs/index.html', import.meta.url))));
  app.get('/docs/start.js', file(fileURLToPath(new URL('./docs/start.js', import.meta.url))));
  for (const name of ASSETS) app.get(`/docs/assets/${name}`, file(path.join(swagger, name)));
}

function file(place: string) {
  const { dir: root, base } = path.parse(place);
  return (_request: Request, response: Response, next: NextFunction): void =>
    response.set(HEADERS).sendFile(base, { root, maxAge: '1h' }, (error?: Error) => {
      // A browser that went away while it was being served is no failure.
      if (error && !response.headersSent) next(error);
    });
}
