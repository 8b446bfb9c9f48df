import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import type { RowError } from '../execution/dml.ts';
import { recordOf } from '../execution/trigger-images.ts';
import type { OrgHost } from '../rest/host.ts';
import type { RestAnswer } from '../rest/resource.ts';
import { saveRecords } from '../rest/save-records.ts';
import { asApexException } from '../values/exception.ts';
import { ApexSObject } from '../values/sobject.ts';
import {
  arrangedFields,
  input,
  inputText,
  isEditable,
  keyOf,
  labelOf,
  shownValue,
  valueOf,
} from './fields.ts';
import { editAddress, html, listAddress, page, viewAddress, type Html } from './layout.ts';

/** The record as its pages show it, or null where there is none. */
export function findRecord(host: OrgHost, object: ObjectSchema, id: string): ApexSObject | null {
  const stored = host.org.store.get(object.name, id);
  return !stored || stored.get('isdeleted') === true ? null : recordOf(object, stored);
}

function titleOf(record: ApexSObject): string {
  const name = record.values.get('name');
  return typeof name === 'string' ? name : (record.id ?? '');
}

/** A record, to be read. */
export function viewPage(
  host: OrgHost,
  object: ObjectSchema,
  record: ApexSObject,
  query: URLSearchParams,
): RestAnswer {
  const { first, rest } = arrangedFields(host, object);
  const id = record.id ?? '';
  const row = (field: FieldSchema): Html =>
    html`<div class="field">
      <dt>${labelOf(field)}</dt>
      <dd>${shownValue(host, field, record.values.get(keyOf(field)) ?? null)}</dd>
    </div>`;
  const content = html`${query.has('saved') ? html`<div class="note" role="status"><p>${object.label} was saved.</p></div>` : null}
    <section class="card">
      <div class="head">
        <div>
          <p class="kind">${object.label}</p>
          <h1>${titleOf(record)}</h1>
        </div>
        <div class="actions">
          <a class="button primary" href="${editAddress(object, id)}">Edit</a>
          <form method="post" action="/lightning/r/${object.name}/${id}/delete">
            <button class="danger">Delete</button>
          </form>
        </div>
      </div>
      <dl class="fields">${first.map(row)}</dl>
      <details>
        <summary>More fields</summary>
        <dl class="fields">${rest.map(row)}</dl>
      </details>
    </section>`;
  return page(host, titleOf(record), object, content);
}

/** A form for a record that is there, or for a new one. `texts` is what was written in it before, `errors` what was wrong. */
export function editPage(
  host: OrgHost,
  object: ObjectSchema,
  record: ApexSObject | null,
  texts: URLSearchParams | null = null,
  errors: readonly RowError[] = [],
): RestAnswer {
  const { first, rest } = arrangedFields(host, object);
  const wrong = new Set(errors.flatMap((error) => error.fields));
  const isOpen = (field: FieldSchema): boolean => isEditable(host, object, field, record === null);
  const row = (field: FieldSchema): Html => {
    const value = texts?.getAll(field.name).at(-1) ?? inputText(record?.values.get(keyOf(field)) ?? null);
    const isRequired = !field.nillable && field.type !== 'boolean';
    return html`<div class="field${wrong.has(field.name) ? ' wrong' : ''}">
      <label for="field-${field.name}" ${isRequired ? html` class="required"` : null}
        >${labelOf(field)}</label
      >
      <div>${input(field, value)}</div>
    </div>`;
  };
  const title = record ? `Edit ${titleOf(record)}` : `New ${object.label}`;
  const back = record ? viewAddress(object, record.id ?? '') : listAddress(object);
  const problems = errors.map((error) => html`<p>${error.message}</p>`);
  const content = html`${errors.length > 0 ? html`<div class="note error" role="alert">${problems}</div>` : null}
<form method="post" class="card">
<div class="head"><div><p class="kind">${object.label}</p><h1>${title}</h1></div></div>
<div class="fields">${first.filter(isOpen).map(row)}</div>
<details${rest.some((field) => wrong.has(field.name)) ? html` open` : null}><summary>More fields</summary><div class="fields">${rest.filter(isOpen).map(row)}</div></details>
<div class="bar"><a class="button" href="${back}">Cancel</a><button class="primary">Save</button></div>
</form>`;
  return page(host, title, object, content, errors.length > 0 ? 400 : 200);
}

const redirect = (location: string): RestAnswer => ({ status: 303, headers: { location } });

/** Saves what a form holds, triggers and all. Only what was changed is written. */
export function saveForm(
  host: OrgHost,
  object: ObjectSchema,
  record: ApexSObject | null,
  form: URLSearchParams,
): RestAnswer {
  const changed = new ApexSObject(object);
  const errors: RowError[] = [];
  for (const field of object.fields.values()) {
    // An unchecked box is not sent: a hidden one before it says so.
    const text = form.getAll(field.name).at(-1);
    const before = inputText(record?.values.get(keyOf(field)) ?? null);
    if (text === undefined || !isEditable(host, object, field, record === null)) continue;
    if (text.replaceAll('\r\n', '\n') === before || (record === null && text === '')) continue;
    try {
      changed.values.set(keyOf(field), valueOf(field, text));
    } catch (error) {
      const exception = asApexException(error);
      if (!exception) throw error;
      const message = `${labelOf(field)}: ${exception.text}`;
      errors.push({ statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD', message, fields: [field.name] });
    }
  }
  if (errors.length > 0) return editPage(host, object, record, form, errors);
  if (record && changed.values.size === 0) return redirect(viewAddress(object, record.id ?? ''));
  if (record) changed.values.set('id', record.id);
  const [result] = saveRecords(
    { host, user: host.org.admin, headers: {} },
    record ? 'update' : 'insert',
    [changed],
    { allOrNone: true },
  );
  if (!result || result.errors.length > 0) return editPage(host, object, record, form, result?.errors ?? []);
  return redirect(`${viewAddress(object, result.id ?? '')}?saved`);
}

export function deleteRecord(host: OrgHost, object: ObjectSchema, record: ApexSObject): RestAnswer {
  const gone = new ApexSObject(object);
  gone.values.set('id', record.id);
  const saver = { host, user: host.org.admin, headers: {} };
  const [result] = saveRecords(saver, 'delete', [gone], { allOrNone: true });
  const [error] = result?.errors ?? [];
  if (!error) return redirect(listAddress(object));
  const note = html`<div class="note error" role="alert"><p>${error.message}</p></div>`;
  return page(host, titleOf(record), object, note, 400);
}
