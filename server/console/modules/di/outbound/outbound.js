// Integrations as the mapping editor knows them: the way to Salesforce of a table and an object.

import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';

/** What an integration is told, as it was answered. */
export function definitionOf({ name, operations, mapping, optInFields, matching, settings }) {
  return { name, operations, mapping, optInFields, matching, settings };
}

/** Whether a transfer or an integration is of a connection, an object and a table. */
export function isOf(each, { connection, object, table }) {
  return (
    each.connection === connection &&
    each.table === table &&
    each.object.toLowerCase() === object.toLowerCase()
  );
}

/** Entries of columns; others of a mapping are always the same, as they were made by the API. */
export const ofColumns = (mapping) => mapping.filter(({ column }) => column !== undefined);
export const constantsOf = (mapping) => mapping.filter(({ column }) => column === undefined);

/** The integration that sends a table's rows to an object of a connection; null where there is none. */
export async function integrationOf(place) {
  const { integrations } = await call('GET', pathOf('integrations'));
  return integrations.find((each) => each.status !== 'archived' && isOf(each, place)) ?? null;
}

/** A definition for a way that there was not: changes of a row go to the record that it came from. */
export function newDefinition({ object, table }, mapping) {
  return {
    name: fill(labels.mapping.backName, table, object),
    operations: ['updated'],
    matching: { by: 'record-id' },
    mapping,
  };
}

/** Saves what is written to Salesforce; makes the integration where there is none. Answers its id, or null for nothing to send. */
export async function saveOutbound(place, integration, mapping) {
  if (integration !== null) {
    await call('PUT', pathOf('integrations', integration.id), { ...definitionOf(integration), mapping });
    return integration.id;
  }
  if (mapping.length === 0) return null;
  const { id } = await call('POST', pathOf('integrations'), { ...place, ...newDefinition(place, mapping) });
  return id;
}
