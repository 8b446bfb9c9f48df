import { mayUseField } from '../execution/permissions.ts';
import { ApexDatetime } from '../values/dates.ts';
import { fieldText } from '../database/field-text.ts';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexDecimal } from '../values/numbers.ts';
import { jsonText } from '../rest/json-numbers.ts';
import { valueJson } from '../rest/json-records.ts';
import type { OrgHost } from '../rest/host.ts';
import { html, viewAddress, type Html } from './layout.ts';

/** Fields that stand first, in this order, where an object has them. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  Contact: [
    'FirstName',
    'LastName',
    'AccountId',
    'Title',
    'Email',
    'Phone',
    'MobilePhone',
    'Department',
    'HasOptedOutOfEmail',
    'DoNotCall',
    'MailingStreet',
    'MailingCity',
    'MailingPostalCode',
    'MailingCountry',
  ],
  Lead: [
    'FirstName',
    'LastName',
    'Company',
    'Title',
    'Email',
    'Phone',
    'Status',
    'LeadSource',
    'HasOptedOutOfEmail',
    'Street',
    'City',
    'PostalCode',
    'Country',
  ],
  Account: [
    'Name',
    'Type',
    'Industry',
    'Phone',
    'Website',
    'BillingStreet',
    'BillingCity',
    'BillingPostalCode',
    'BillingCountry',
  ],
};
/** Columns of a list, after the name. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Contact: ['AccountId', 'Email', 'Phone', 'HasOptedOutOfEmail'],
  Lead: ['Company', 'Email', 'Status', 'HasOptedOutOfEmail'],
  Account: ['Phone', 'Website', 'BillingCity', 'Industry'],
};
const MOST_COLUMNS = 4;
const WIDE = ['address', 'location', 'base64', 'anytype'];

/** A lookup is shown by what it names, not by an id. */
export const labelOf = (field: FieldSchema): string =>
  field.type === 'reference' ? field.label.replace(/ ID$/, '') : field.label;

export const keyOf = (field: FieldSchema): string => field.name.toLowerCase();

function visibleFields(host: OrgHost, object: ObjectSchema): FieldSchema[] {
  const holder = { org: host.org, user: host.org.admin };
  return [...object.fields.values()].filter(
    (field) => !WIDE.includes(field.type) && mayUseField(object, field, 'Read', holder),
  );
}

/** Fields of a record's page: those that matter first, and the others. */
export function arrangedFields(
  host: OrgHost,
  object: ObjectSchema,
): { first: FieldSchema[]; rest: FieldSchema[] } {
  const visible = visibleFields(host, object);
  const named = (FIRST[object.name] ?? ['Name']).flatMap(
    (name) => visible.find((field) => field.name === name) ?? [],
  );
  const custom = visible.filter((field) => field.custom);
  const first = [...named, ...custom];
  return { first, rest: visible.filter((field) => !first.includes(field)) };
}

export function listFields(host: OrgHost, object: ObjectSchema): FieldSchema[] {
  const visible = visibleFields(host, object);
  const named = COLUMNS[object.name];
  const chosen = named
    ? named.flatMap((name) => visible.find((field) => field.name === name) ?? [])
    : visible.filter((field) => field.custom && field.type !== 'textarea').slice(0, MOST_COLUMNS);
  const optIns = named ? visible.filter((field) => field.custom && field.type === 'boolean') : [];
  const changed = visible.filter((field) => field.name === 'LastModifiedDate');
  return [...chosen, ...optIns, ...changed];
}

/** Whether the person may change a field on this page. */
export function isEditable(host: OrgHost, object: ObjectSchema, field: FieldSchema, isNew: boolean): boolean {
  const may = isNew ? field.createable : field.updateable;
  return may && mayUseField(object, field, 'Edit', { org: host.org, user: host.org.admin });
}

/** A value as it is read: a link where it names another record. */
export function shownValue(host: OrgHost, field: FieldSchema, value: ApexValue): Html {
  if (field.type === 'boolean')
    return html`<span role="img" aria-label="${value === true ? 'checked' : 'not checked'}"
      >${value === true ? '☑' : '☐'}</span
    >`;
  if (value === null) return html``;
  if (field.type === 'reference' && typeof value === 'string') return reference(host, field, value);
  if (value instanceof ApexDatetime) return html`${value.iso.replace('T', ' ').slice(0, 19)}`;
  if (field.type === 'email' && typeof value === 'string')
    return html`<a href="mailto:${value}">${value}</a>`;
  return html`${plain(value)}`;
}

const plain = (value: ApexValue): string => {
  if (value instanceof ApexDecimal) return value.big.stripTrailingZeros().toPlainString();
  const json = valueJson(value);
  return typeof json === 'string' ? json : jsonText(json);
};

function reference(host: OrgHost, field: FieldSchema, id: string): Html {
  for (const target of field.referenceTo) {
    const object = host.org.schema.object(target);
    const row = object ? host.org.store.get(object.name, id) : undefined;
    if (!object || !row) continue;
    const name = row.get('name');
    return html`<a href="${viewAddress(object, id)}">${typeof name === 'string' ? name : id}</a>`;
  }
  return html`${id}`;
}

/** The control that a field is changed with. */
export function input(field: FieldSchema, value: string | null): Html {
  const id = `field-${field.name}`;
  const named = html`id="${id}" name="${field.name}"`;
  const text = value ?? '';
  if (field.type === 'boolean')
    return html`<input type="hidden" name="${field.name}" value="false" /><input
        type="checkbox"
        ${named}
        value="true"
        ${text === 'true' ? html` checked` : null}
      />`;
  if (field.type === 'picklist')
    return html`<select ${named}>
      <option value="">--None--</option>
      ${choices(field, text)}
    </select>`;
  if (field.type === 'textarea') return html`<textarea ${named} rows="3">${text}</textarea>`;
  const type = INPUT_TYPES[field.type] ?? 'text';
  const more =
    type === 'number'
      ? html` step="any"`
      : field.length > 0 && type !== 'date'
        ? html` maxlength="${field.length}"`
        : null;
  return html`<input type="${type}" ${named} value="${text}" ${more} />`;
}

const INPUT_TYPES: Readonly<Record<string, string>> = {
  date: 'date',
  double: 'number',
  currency: 'number',
  percent: 'number',
  integer: 'number',
  phone: 'tel',
};

/** The values to choose from, and the one that the record has, should it be none of them. */
function choices(field: FieldSchema, chosen: string): Html[] {
  const values = field.picklist.filter((each) => each.active).map((each) => each.value);
  const all = chosen === '' || values.includes(chosen) ? values : [...values, chosen];
  return all.map(
    (value) => html`<option value="${value}" ${value === chosen ? html` selected` : null}>${value}</option>`,
  );
}

/** A value as its control holds it. */
export function inputText(value: ApexValue): string {
  return value === null ? '' : plain(value);
}

/** A value from its control. Throws Apex's exception for text of another kind. */
export function valueOf(field: FieldSchema, text: string): ApexValue {
  return text.trim() === '' ? null : fieldText(field, text);
}
