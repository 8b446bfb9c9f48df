import type { ObjectSchema } from '../database/schema.ts';
import { escapeHtml } from '../rest/html.ts';
import type { OrgHost } from '../rest/host.ts';
import type { RestAnswer } from '../rest/resource.ts';

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | null | readonly Part[];

/** HTML with what stands in it escaped, unless it is HTML itself. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(texts.map((text, index) => text + written(parts[index] ?? null)).join(''));
}

function written(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(written).join('');
}

/** Objects that have a tab: what a marketing project is about, and those that the source adds. */
export function tabObjects(host: OrgHost): ObjectSchema[] {
  const { schema } = host.org;
  const standard = ['Contact', 'Lead', 'Account'].flatMap((name) => schema.object(name) ?? []);
  return [...standard, ...[...schema.objects.values()].filter((object) => object.kind === 'custom')];
}

export const listAddress = (object: ObjectSchema): string => `/lightning/o/${object.name}/list`;
export const viewAddress = (object: ObjectSchema, id: string): string =>
  `/lightning/r/${object.name}/${id}/view`;
export const editAddress = (object: ObjectSchema, id: string): string =>
  `/lightning/r/${object.name}/${id}/edit`;

/** A page of the org, with the tabs above it. */
export function page(
  host: OrgHost,
  title: string,
  active: ObjectSchema | null,
  content: Html,
  status = 200,
): RestAnswer {
  const tabs = tabObjects(host).map((object) => {
    const current = object === active ? html` aria-current="page"` : null;
    return html`<a href="${listAddress(object)}" ${current}>${object.pluralLabel}</a>`;
  });
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} | ${host.org.organization.name}</title>
        <link rel="stylesheet" href="/lightning/style.css" />
      </head>
      <body>
        <header>
          <div class="brand">
            <span class="cloud" aria-hidden="true"></span><strong>${host.org.organization.name}</strong>
            <span class="who">${host.org.admin.name}</span>
          </div>
          <nav aria-label="Objects">${tabs}</nav>
        </header>
        <main>${content}</main>
      </body>
    </html> `;
  return {
    status,
    type: 'text/html;charset=UTF-8',
    headers: {
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    },
    body: body.text,
  };
}
