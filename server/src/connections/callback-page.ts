import { createHash } from 'node:crypto';
import { Html, html } from '../http/html.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;color:#181818}h1{font-size:1.4rem}button{font:inherit;padding:.4rem 1.2rem}';

/** Only this style, nothing else, and no word to other sites of the address, which holds the code. */
export const PAGE_HEADERS = {
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  'Referrer-Policy': 'no-referrer',
};

/** A page of a title and some sentences, and perhaps a form. */
export function callbackPage(title: string, sentences: readonly string[], form: Html | null = null): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${sentences.map((sentence) => html`<p>${sentence}</p>`)} ${form}
        </main>
      </body>
    </html> `.text;
}
