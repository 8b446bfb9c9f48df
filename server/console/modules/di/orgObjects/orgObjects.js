// Objects and fields of a connection's org, as they are chosen from.

import { asking, call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';

/** Steps of a path that Salesforce follows. */
const DEEPEST = 5;
/** What is offered where nobody has said yet which objects there are. */
const USUAL = ['Contact', 'Lead', 'Account', 'Opportunity', 'Campaign', 'CampaignMember'];
/** What Salesforce keeps of other objects. */
const KEPT_OF_OTHERS = /(Feed|History|Share|Tag|ChangeEvent)$/;

/**
 * Objects of a connection as options; `isKnown` says whether the org or the plugin has named them.
 *
 * @param {string} connection
 */
export async function objectOptions(connection) {
  const { objects } = await call('GET', pathOf('connections', connection, 'objects'));
  if (objects.length === 0)
    return { isKnown: false, options: USUAL.map((value) => ({ value, label: value, detail: '' })) };
  return {
    isKnown: true,
    options: objects
      .map(({ object, label }) => optionOf(cased(object), object === label ? cased(label) : label))
      .filter(({ value }) => !KEPT_OF_OTHERS.test(value))
      .sort((one, other) => rankOf(one.value) - rankOf(other.value) || one.label.localeCompare(other.label)),
  };
}

function optionOf(value, label) {
  return { value, label, detail: value === label ? '' : value };
}

/** The plugin's objects are known in lower case. */
function cased(object) {
  return USUAL.find((each) => each.toLowerCase() === object) ?? object;
}

/** Those that most people want first, then those that the org has made. */
function rankOf(object) {
  const place = USUAL.indexOf(object);
  if (place >= 0) return place;
  return object.endsWith('__c') ? USUAL.length : USUAL.length + 1;
}

/**
 * Fields of an object, with what most likely fills a table; null where neither the org nor the plugin has described it.
 *
 * @param {string} connection
 * @param {string} object
 * @param {string} [table]
 */
export async function describedFields(connection, object, table) {
  try {
    return await call('GET', asking(pathOf('connections', connection, 'objects', object), { table }));
  } catch (error) {
    if (error.status !== 404) throw error;
    return null;
  }
}

/**
 * A real record of an object; null where there is none, or nobody may be asked.
 *
 * @param {string} connection
 * @param {string} object
 */
export async function sampleRecord(connection, object) {
  try {
    return (await call('GET', pathOf('connections', connection, 'objects', object, 'sample'))).record;
  } catch (error) {
    if (error.code !== 'no-sample') throw error;
    return null;
  }
}

/** A type with how much it takes. */
export function sized(type, { length, precision, scale }) {
  if (precision) return `${type} (${precision}, ${scale ?? 0})`;
  return length ? `${type} (${length})` : type;
}

/**
 * Fields as options, with type and sample value, those that pass a filter; references lead to the fields of their object.
 *
 * @param {{ fields: readonly any[] } | null} described
 */
export function fieldOptions(
  described,
  {
    sample = null,
    path = '',
    isMeant = (/** @type {any} */ field) => field !== null,
    hasParents = false,
  } = {},
) {
  const fields = described?.fields ?? [];
  const own = fields.filter(isMeant).map((field) => {
    const value = sample?.[field.name];
    const type = sized(field.type, field);
    const shown = value === null || value === undefined ? '' : ` · ${String(value)}`;
    return {
      value: `${path}${field.name}`,
      label: path === '' ? field.label : `${path.slice(0, -1)} › ${field.label}`,
      detail: `${path}${field.name} · ${type}${shown}`,
    };
  });
  const parents = hasParents
    ? fields
        .filter(({ parent }) => parent !== null)
        .map(({ label, parent }) => ({
          value: `${path}${parent.path}`,
          label: `${label} › …`,
          detail: fill(labels.picker.parent, parent.object),
          leadsTo: parent.object,
        }))
    : [];
  return [...own.sort((one, other) => one.label.localeCompare(other.label)), ...parents];
}

/** The fields that an option of a reference leads to, as a picker follows it. */
export async function parentFields(connection, { value: path, leadsTo }) {
  const described = await describedFields(connection, leadsTo);
  return fieldOptions(described, { path, hasParents: path.split('.').length < DEEPEST });
}
