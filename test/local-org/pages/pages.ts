import { to18 } from '../values/ids.ts';
import type { OrgHost } from '../rest/host.ts';
import type { IncomingCall } from '../rest/incoming-call.ts';
import type { RestAnswer } from '../rest/resource.ts';
import { html, page } from './layout.ts';
import { listPage } from './list-page.ts';
import { deleteRecord, editPage, findRecord, saveForm, viewPage } from './record-page.ts';
import { STYLE } from './style.ts';

/** Whether an address is one of the pages that a person browses. */
export const isPage = (path: string): boolean => path === '/' || /^\/lightning(?:\/|$)/.test(path);

/** The pages of the org, for a person at a browser: whoever reaches the org is its administrator there. */
export function answerPage(host: OrgHost, call: IncomingCall): RestAnswer {
  const { method, url } = call;
  if (url.pathname === '/lightning/style.css')
    return { status: 200, type: 'text/css;charset=UTF-8', body: STYLE };
  // A form of another site must not write here.
  if (method === 'POST' && call.headers.origin !== undefined && call.headers.origin !== ownOrigin(call))
    return page(
      host,
      'Refused',
      null,
      html`<p class="card empty">This form came from another site.</p>`,
      403,
    );
  const list = /^\/lightning\/o\/(\w+)\/(list|new)$/.exec(url.pathname);
  if (list) return objectPage(host, call, list[1] ?? '', list[2] ?? '');
  const record = /^\/lightning\/r\/(\w+)\/(\w{15}(?:\w{3})?)\/(view|edit|delete)$/.exec(url.pathname);
  if (record) return recordPage(host, call, record[1] ?? '', record[2] ?? '', record[3] ?? '');
  if (url.pathname === '/' || /^\/lightning\/?$/.test(url.pathname))
    return { status: 302, headers: { location: '/lightning/o/Contact/list' } };
  return notFound(host);
}

const ownOrigin = (call: IncomingCall): string => `http://${call.headers.host ?? ''}`;

function notFound(host: OrgHost): RestAnswer {
  const content = html`<p class="card empty">There is no such page, or the record was deleted.</p>`;
  return page(host, 'Not found', null, content, 404);
}

function objectPage(host: OrgHost, call: IncomingCall, name: string, what: string): RestAnswer {
  const object = host.org.schema.object(name);
  if (!object || (object.kind !== 'standard' && object.kind !== 'custom')) return notFound(host);
  if (what === 'list') return listPage(host, object, call.url.searchParams);
  return call.method === 'POST'
    ? saveForm(host, object, null, new URLSearchParams(call.text))
    : editPage(host, object, null);
}

function recordPage(host: OrgHost, call: IncomingCall, name: string, id: string, what: string): RestAnswer {
  const object = host.org.schema.object(name);
  const record = object ? findRecord(host, object, to18(id)) : null;
  if (!object || !record) return notFound(host);
  if (what === 'delete' && call.method === 'POST') return deleteRecord(host, object, record);
  if (what !== 'edit') return viewPage(host, object, record, call.url.searchParams);
  return call.method === 'POST'
    ? saveForm(host, object, record, new URLSearchParams(call.text))
    : editPage(host, object, record);
}
