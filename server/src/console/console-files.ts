import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Request, Response } from 'express';
import { notFound } from '../http/problem.ts';

/** Where `npm run console` puts what it builds. */
export const BUILT_CONSOLE = path.join(import.meta.dirname, '../../../build/console');

/**
 * Scripts and styles of this server only. LWC sets style attributes; its style sheets are made by script, which a policy
 * does not ask about.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>DI Connect</title></head>
<body><h1>The console is not built</h1>
<p>Run <code>npm run console</code> where DI Connect is installed, then load this page again.
The API works without it.</p></body></html>
`;

const ENCODINGS = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const;

/** The console's page, scripts and styles, as they were built. */
export class ConsoleFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Sends the page; where nothing was built, one that says what to do, with status 503. */
  sendPage(request: Request, response: Response): void {
    response.set({ 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer' });
    response.set('Cache-Control', 'no-cache');
    if (existsSync(path.join(this.#folder, 'index.html'))) this.#send('index.html', request, response);
    else response.status(503).type('text/html').send(NOT_BUILT);
  }

  /** Sends a file whose name holds the hash of what is in it: it can be kept for ever. Throws a 404 problem. */
  sendAsset(file: string, request: Request, response: Response): void {
    if (!/^[\w-]+(\.[\w-]+)+$/.test(file) || !existsSync(path.join(this.#folder, 'assets', file)))
      throw notFound(`file ${file}`);
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    this.#send(path.join('assets', file), request, response);
  }

  /** Sends a file compressed as it was built, in the best way that the browser takes. */
  #send(file: string, request: Request, response: Response): void {
    const whole = path.join(this.#folder, file);
    const encoding = ENCODINGS.find(
      ({ name, extension }) => request.acceptsEncodings(name) !== false && existsSync(`${whole}${extension}`),
    );
    response.vary('Accept-Encoding');
    // By the plain file's name: the compressed one's says nothing of what is in it.
    response.type(path.extname(file));
    if (encoding) response.set('Content-Encoding', encoding.name);
    response.sendFile(`${file}${encoding?.extension ?? ''}`, { root: this.#folder, cacheControl: false });
  }
}
