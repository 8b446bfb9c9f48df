import { randomBytes } from 'node:crypto';
import { Actions } from '../../../../server/src/actions/actions.ts';
import { definitionSchema } from '../../../../server/src/actions/action-definition.ts';
import { findConnection } from '../../../../server/src/connections/connections.ts';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import { createOptIn } from '../consent.ts';
import { activeIntegration, secondConnection } from '../delivery-scene.ts';
import type { DeliveryStage } from '../delivery-stage.ts';
import { orgField, type OrgDouble } from '../org-double.ts';
import { admin, authorizedToken, type Scene } from '../test-server.ts';
import type { NamedTable } from './named-table.ts';

/** What a project's other table is called. */
export const OTHER = 'Other';

/** A project whose contacts come from one org and go to another, and whose new contacts and opt-outs are acted upon. */
export interface NamedScene {
  readonly stage: DeliveryStage;
  readonly scene: Scene;
  readonly token: string;
  readonly contacts: NamedTable;
  readonly other: NamedTable;
  readonly org: OrgDouble;
  readonly integrationId: string;
  readonly actionIds: readonly string[];
}

export async function setNamedScene(
  stage: DeliveryStage,
  contacts: NamedTable,
  other: NamedTable,
): Promise<NamedScene> {
  const project = await buildProject(stage, contacts, other);
  const scene = await connect(stage, project, contacts);
  const token = await authorizedToken(stage.server, scene);
  await createOptIn(stage.server, scene);
  await send(stage, 'put', `transfers/${scene.transferId}/consent`, {
    consent: [{ salesforceField: contacts.optOutField, withdrawsWhen: false, optIn: null }],
  });
  const connectionId = await secondConnection(stage.server, scene);
  const org = stage.orgs.of(connectionId);
  learnFields(org, contacts);
  await keepObject(stage.server.database.knex, connectionId, await org.describe('Contact'));
  const there = { ...scene, connectionId };
  const integrationId = await activeIntegration(stage.server, there, 'Contact', integrationOf(contacts));
  const actionIds = await activeActions(stage, connectionId, contacts);
  return { stage, scene, token, contacts, other, org, integrationId, actionIds };
}

async function send(
  { server }: DeliveryStage,
  method: 'post' | 'put',
  path: string,
  body: object,
): Promise<unknown> {
  const answer = await admin(server, method, `/v1/admin/${path}`).send(body);
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.text}`);
  return answer.body;
}

async function buildProject(stage: DeliveryStage, contacts: NamedTable, other: NamedTable): Promise<string> {
  const code = `N${randomBytes(6).toString('hex')}`;
  const definition = { primaryKey: contacts.primaryKey, fields: contacts.columns };
  await send(stage, 'post', 'projects', { code, name: 'Names', type: 'AB', contacts: definition });
  // Only a key of one column can be referred to.
  const reference = contacts.keys === 1 ? { table: 'Contact', column: contacts.address } : null;
  const fields = other.columns.map((field, place) =>
    place === other.keys + 1 ? { ...field, reference } : field,
  );
  await send(stage, 'post', `projects/${code}/tables`, {
    code: OTHER,
    name: OTHER,
    primaryKey: other.primaryKey,
    fields,
  });
  await send(stage, 'post', `projects/${code}/build`, {});
  return code;
}

async function connect(stage: DeliveryStage, project: string, contacts: NamedTable): Promise<Scene> {
  const made = await send(stage, 'post', 'connections', { project, name: 'Org' });
  const { id, keyId, secret } = made as { id: string; keyId: string; secret: string };
  const mapping = contacts.fields.map((salesforceField, place) => ({
    salesforceField,
    column: contacts.nameAt(place),
  }));
  const transfer = await send(stage, 'post', 'transfers', {
    connection: id,
    table: 'Contact',
    object: 'Contact',
    mapping,
  });
  const { id: transferId } = transfer as { id: string };
  await send(stage, 'post', `transfers/${transferId}/activate`, {});
  return { project, connectionId: id, keyId, secret, transferId };
}

function learnFields(org: OrgDouble, contacts: NamedTable): void {
  const known = org.objects.get('contact');
  if (!known) throw new Error('The double has no contacts.');
  const fields = contacts.fields.slice(1).map((name) => orgField(name));
  org.objects.set('contact', { ...known, fields: [...known.fields, ...fields] });
}

function integrationOf(contacts: NamedTable): object {
  const places = contacts.columns.flatMap(({ type }, place) => (type === 'text' ? [place] : []));
  return {
    operations: ['created', 'updated', 'deleted', 'consent'],
    mapping: [
      { salesforceField: 'Email', column: contacts.address },
      { salesforceField: 'LastName', column: contacts.texts[0] },
      ...places.map((place) => ({ salesforceField: `F${place}__c`, column: contacts.nameAt(place) })),
    ],
    optInFields: [{ optIn: 'newsletter', field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
    matching: { by: 'lookup', field: 'Email', column: contacts.address },
  };
}

async function activeActions(
  { server }: DeliveryStage,
  connectionId: string,
  contacts: NamedTable,
): Promise<readonly string[]> {
  const definitions = (['contact-created', 'opt-out'] as const).map((on) => ({
    object: 'Lead',
    operation: 'create',
    mapping: [
      { field: 'Email', path: contacts.address },
      { field: 'LastName', path: contacts.texts[0] },
      { field: 'Company', constant: 'n/a' },
    ],
    trigger: { on },
  }));
  return server.database.knex.transaction(async (transaction) => {
    const connection = await findConnection(transaction, connectionId);
    if (!connection) throw new Error('The scene has no second connection.');
    const actions = new Actions(transaction, connection.accountId);
    const ids: string[] = [];
    for (const definition of definitions) {
      const id = await actions.create(connection, 'Action', definitionSchema.parse(definition));
      await actions.setStatus(await actions.find(id), 'active');
      ids.push(id);
    }
    return ids;
  });
}
