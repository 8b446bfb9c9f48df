import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { runDeployment } from '../../../server/src/deployments/deployment-loop.ts';
import { metadataXml, metadataZip } from '../../../server/src/deployments/metadata-zip.ts';
import type { OrgRecord, SalesforceOrg } from '../../../server/src/salesforce/org.ts';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

interface PlannedField {
  readonly field: string;
  readonly step: string;
  readonly message: string;
}

interface Deployment {
  readonly status: string;
  readonly code: string | null;
  readonly message: string;
  readonly salesforceId: string | null;
  readonly plan: { readonly components: string[]; readonly fields: PlannedField[] };
}

/** Fields for opt-ins, made in the local org by its Metadata API. */
describe('the fields of opt-ins', () => {
  let stage: SalesforceStage;
  let scene: Scene;
  let org: SalesforceOrg;
  beforeAll(async () => {
    stage = await startStage();
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    await addOptIn(scene, 'news', 'Newsletter & <offers>');
  });
  afterAll(() => stage.close());

  async function addOptIn({ project }: Scene, code: string, name: string): Promise<void> {
    await admin(stage.server, 'post', `/v1/admin/projects/${project}/opt-ins`)
      .send({ code, name })
      .expect(201);
  }

  async function plan(asked: object, { connectionId } = scene): Promise<PlannedField[]> {
    const answer = await admin(stage.server, 'post', `/v1/admin/connections/${connectionId}/fields/plan`)
      .send(asked)
      .expect(200);
    return (answer.body as { fields: PlannedField[] }).fields;
  }

  /** Asks for fields and lets the background do its work; answers what came of it. */
  async function deploy(asked: object, { connectionId } = scene): Promise<Deployment> {
    const { server } = stage;
    const answer = await admin(server, 'post', `/v1/admin/connections/${connectionId}/fields`)
      .send(asked)
      .expect(202);
    await runDeployment(server.database.knex, server.services.orgs, pino({ level: 'silent' }));
    const { deployment } = answer.body as { deployment: string };
    const found = await admin(server, 'get', `/v1/admin/deployments/${deployment}`).expect(200);
    return found.body as Deployment;
  }

  async function fieldOf(object: string, name: string): Promise<unknown> {
    return (await org.describe(object)).fields.find((field) => field.name === name);
  }

  async function rowsOf(soql: string): Promise<OrgRecord[]> {
    const rows: OrgRecord[] = [];
    for await (const page of org.query(soql)) rows.push(...page);
    return rows;
  }

  /** A text field of the customer's own, with a permission set that gives it to those who have that. */
  async function makeText(field: string, permissionSet: string): Promise<void> {
    const [object = '', name = ''] = field.split('.');
    const zip = metadataZip({
      files: {
        [`objects/${object}.object`]: metadataXml('CustomObject', {
          fields: { fullName: name, label: 'Mine', length: 20, type: 'Text' },
        }),
        [`permissionsets/${permissionSet}.permissionset`]: metadataXml('PermissionSet', {
          fieldPermissions: { editable: true, field, readable: true },
          label: permissionSet,
        }),
      },
      members: { CustomField: [field], PermissionSet: [permissionSet] },
    });
    expect(await org.deploy(zip, { tests: [] })).toMatchObject({ isSuccess: true });
  }

  it('are planned, made, visible to the authorized user and writable, and not made again', async () => {
    const asked = { object: 'contact', optIns: ['news'], changedAt: true, recordId: true };
    expect((await plan(asked)).map(({ field, step }) => [field, step])).toEqual([
      ['DI_news__c', 'create'],
      ['DI_news_At__c', 'create'],
      ['DI_Record_Id__c', 'create'],
    ]);
    const made = await deploy(asked);
    expect(made).toMatchObject({ status: 'succeeded', code: null });
    expect(made.plan.components).toEqual([
      'Contact.DI_news__c',
      'Contact.DI_news_At__c',
      'Contact.DI_Record_Id__c',
      'DI_Fields',
    ]);
    expect(made.salesforceId).toMatch(/^0Af/);
    expect(await fieldOf('Contact', 'DI_news__c')).toMatchObject({
      type: 'boolean',
      label: 'Newsletter & <offers>',
      isUpdateable: true,
    });
    expect(await fieldOf('Contact', 'DI_news_At__c')).toMatchObject({ type: 'datetime', isUpdateable: true });
    expect(await fieldOf('Contact', 'DI_Record_Id__c')).toMatchObject({
      type: 'string',
      length: 36,
      isExternalId: true,
      isUnique: true,
      isCreateable: true,
    });

    const id = '0b1d7fb8-5a0e-4c9b-9e0f-0123456789ab';
    const options = { externalIdField: 'DI_Record_Id__c' };
    for (const isCreated of [true, false]) {
      const record = { LastName: 'Made', DI_Record_Id__c: id, DI_news__c: true };
      expect(await org.write('upsert', 'Contact', [record], options)).toMatchObject([
        { isSaved: true, isCreated },
      ]);
    }

    expect((await plan(asked)).map(({ step }) => step)).toEqual(['none', 'none', 'none']);
    expect(await deploy(asked)).toMatchObject({
      status: 'succeeded',
      salesforceId: null,
      plan: { components: [] },
    });
  });

  it('keep the rights of fields that were made before', async () => {
    await deploy({ object: 'Contact', optIns: ['news'] });
    expect(await deploy({ object: 'Lead', optIns: ['news'] })).toMatchObject({ status: 'succeeded' });
    expect(await fieldOf('Contact', 'DI_news__c')).toMatchObject({ isUpdateable: true });
    expect(await fieldOf('Lead', 'DI_news__c')).toMatchObject({ isUpdateable: true });
    const salesforce = await stage.org.connect();
    const { records } = await salesforce.connection.query(
      "SELECT Field FROM FieldPermissions WHERE Parent.Name = 'DI_Fields' AND PermissionsEdit = true",
    );
    expect(records.map((record) => record.Field as string)).toEqual(
      expect.arrayContaining(['Contact.DI_news__c', 'Lead.DI_news__c']),
    );
    const assigned = await salesforce.connection.query(
      "SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'DI_Fields'",
    );
    expect(assigned.totalSize).toBe(1);
  });

  it('of two projects in one org are two fields, and each project keeps its own', async () => {
    await deploy({ object: 'Contact', optIns: ['news'] });
    const other = await createScene(stage.server);
    await authorizeByPassword(stage.server, other.connectionId, stage.org.url);
    await addOptIn(other, 'news', 'The other newsletter');
    const first = await deploy({ object: 'Contact', optIns: ['news'] }, other);
    expect(first.status).toBe('succeeded');
    const name = first.plan.fields[0]?.field ?? '';
    expect(name).toMatch(/^DI_news_[\da-f]{6}__c$/);
    expect(await plan({ object: 'Contact', optIns: ['news'] }, other)).toMatchObject([
      { field: name, step: 'none' },
    ]);
    expect(await plan({ object: 'Contact', optIns: ['news'] })).toMatchObject([
      { field: 'DI_news__c', step: 'none' },
    ]);
  });

  it('are refused where a field of another type has the name, and nothing is made', async () => {
    await addOptIn(scene, 'calls', 'Calls');
    await addOptIn(scene, 'post', 'Letters');
    await makeText('Account.DI_calls__c', 'Mine');
    const [set] = await rowsOf("SELECT Id FROM PermissionSet WHERE Name = 'Mine'");
    await org.write('insert', 'PermissionSetAssignment', [
      { AssigneeId: org.userId, PermissionSetId: set?.Id },
    ]);
    const refused = await deploy({ object: 'Account', optIns: ['calls', 'post'] });
    expect(refused).toMatchObject({ status: 'failed', code: 'field-taken' });
    expect(refused.message).toContain('DI_calls__c is there already, and is of type string, not a checkbox');
    expect(await fieldOf('Account', 'DI_post__c')).toBeUndefined();
  });

  it('that somebody else has made and nobody may see are left alone, since Salesforce changes no type', async () => {
    await addOptIn(scene, 'hidden', 'Hidden');
    await makeText('Account.DI_hidden__c', 'Hidden');
    const refused = await deploy({ object: 'Account', optIns: ['hidden'] });
    expect(refused).toMatchObject({ status: 'failed', code: 'refused' });
    expect(refused.message).toMatch(/^Nothing was changed\. .*DI_hidden__c/);
  });

  it('of an object that the org does not have fail, in words', async () => {
    expect(await deploy({ object: 'Nothing__c', optIns: ['news'] })).toMatchObject({
      status: 'failed',
      code: 'NOT_FOUND',
    });
  });

  it('are not asked for twice while they are on their way', async () => {
    const { server } = stage;
    const path = `/v1/admin/connections/${scene.connectionId}/fields`;
    const asked = { object: 'Contact', optIns: ['news'] };
    await admin(server, 'post', path).send(asked).expect(202);
    const again = await admin(server, 'post', path).send(asked).expect(409);
    expect(again.body).toMatchObject({ code: 'deployment-running' });
    await runDeployment(server.database.knex, server.services.orgs, pino({ level: 'silent' }));
    await admin(server, 'post', path).send(asked).expect(202);
    await runDeployment(server.database.knex, server.services.orgs, pino({ level: 'silent' }));
  });

  it.each([
    ['an unknown opt-in', { object: 'Contact', optIns: ['nothing'] }, 404],
    ['nothing at all', { object: 'Contact' }, 400],
    ['a name that is none', { object: "Contact'; --", recordId: true }, 400],
    ['what holds metadata rather than records', { object: 'Route__mdt', recordId: true }, 400],
  ])('cannot be asked for of %s', async (_what, asked, status) => {
    await admin(stage.server, 'post', `/v1/admin/connections/${scene.connectionId}/fields`)
      .send(asked)
      .expect(status);
  });
});
