import type { ObjectSchema } from '../database/schema.ts';
import { runApiQuery } from '../execution/queries.ts';
import type { OrgHost } from '../rest/host.ts';
import type { RestAnswer } from '../rest/resource.ts';
import type { ApexSObject } from '../values/sobject.ts';
import { listFields, keyOf, labelOf, shownValue } from './fields.ts';
import { html, listAddress, page, viewAddress, type Html } from './layout.ts';

const PAGE = 50;

/** The records of an object, the last changed first, or those that a search finds. */
export function listPage(host: OrgHost, object: ObjectSchema, query: URLSearchParams): RestAnswer {
  const search = query.get('q')?.trim() ?? '';
  const start = Math.max(0, Number.parseInt(query.get('start') ?? '0', 10) || 0);
  const fields = listFields(host, object);
  const hasName = object.fields.has('name');
  const condition = search === '' ? '' : ` WHERE ${conditionOf(object, search)}`;
  const names = ['Id', ...(hasName ? ['Name'] : []), ...fields.map((field) => field.name)];
  const { records, count } = host.org.run('synchronous', host.org.admin, () => {
    const all = runApiQuery(`SELECT COUNT() FROM ${object.name}${condition}`);
    const found = runApiQuery(
      `SELECT ${[...new Set(names)].join(', ')} FROM ${object.name}${condition} ORDER BY LastModifiedDate DESC, Id DESC LIMIT ${PAGE} OFFSET ${start}`,
    );
    return { records: found.records, count: all.count };
  });
  const rows = records.map(
    (record) =>
      html`<tr>
        <th scope="row">${nameOf(object, record)}</th>
        ${fields.map(
          (field) => html`<td>${shownValue(host, field, record.values.get(keyOf(field)) ?? null)}</td>`,
        )}
      </tr>`,
  );
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${object.pluralLabel}">
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          ${fields.map((field) => html`<th scope="col">${labelOf(field)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
  const content = html`<section class="card">
    <div class="head">
      <div>
        <p class="kind">${object.pluralLabel}</p>
        <h1>${search === '' ? 'Recently changed' : `Found for “${search}”`}</h1>
      </div>
      <div class="actions">
        <form method="get" role="search">
          <input
            type="search"
            name="q"
            value="${search}"
            placeholder="Search ${object.pluralLabel}"
            aria-label="Search ${object.pluralLabel}"
          />
        </form>
        <a class="button" href="/lightning/o/${object.name}/new">New</a>
      </div>
    </div>
    ${records.length === 0 ? html`<p class="empty">Nothing to show.</p>` : table}
    ${foot(object, search, start, records.length, count)}
  </section>`;
  return page(host, object.pluralLabel, object, content);
}

function nameOf(object: ObjectSchema, record: ApexSObject): Html {
  const id = record.id ?? '';
  const name = record.values.get('name');
  return html`<a href="${viewAddress(object, id)}">${typeof name === 'string' ? name : id}</a>`;
}

/** Text that stands in a name or an address. */
function conditionOf(object: ObjectSchema, search: string): string {
  const pattern = search.replace(/[\\'%_]/g, (mark) => `\\${mark}`);
  const fields = ['Name', 'Email', 'Company'].filter((name) => object.fields.has(name.toLowerCase()));
  return fields.length === 0
    ? `Id = '${pattern}'`
    : fields.map((name) => `${name} LIKE '%${pattern}%'`).join(' OR ');
}

function foot(object: ObjectSchema, search: string, start: number, shown: number, count: number): Html {
  const link = (label: string, at: number, kind: string): Html => {
    const address = new URLSearchParams({ ...(search === '' ? {} : { q: search }), start: String(at) });
    return html`<a class="${kind}" href="${listAddress(object)}?${address.toString()}">${label}</a>`;
  };
  const end = start + shown;
  return html`<div class="foot">
    <span>${shown === 0 ? '0' : `${start + 1}–${end}`} of ${count}</span>
    ${start > 0 ? link('Previous', Math.max(0, start - PAGE), 'before') : null}
    ${end < count ? link('Next', end, 'next') : null}
  </div>`;
}
