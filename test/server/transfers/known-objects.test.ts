import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, authorizedToken, createScene, type Scene } from '../support/test-server.ts';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly parent: { path: string; object: string } | null;
}
interface Fields {
  readonly source: string;
  readonly fields: readonly Field[];
  readonly suggested: readonly { column: string; salesforceField: string }[];
}

/** What a mapping is chosen from, before and after the org may be asked. */
describe('the objects of a connection', () => {
  let stage: SalesforceStage;
  let scene: Scene;
  beforeAll(async () => {
    stage = await startStage();
    scene = await createScene(stage.server);
  });
  afterAll(() => stage.close());

  async function get(end: string, status = 200): Promise<unknown> {
    const answer = await admin(
      stage.server,
      'get',
      `/v1/admin/connections/${scene.connectionId}/objects${end}`,
    );
    expect(answer.status, answer.text).toBe(status);
    return answer.body;
  }

  async function preview(object: string, body: object): Promise<unknown> {
    const path = `/v1/admin/connections/${scene.connectionId}/objects/${object}/preview`;
    const answer = await admin(stage.server, 'post', path).send({ table: 'Contact', ...body });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  }

  describe('before the org may be asked', () => {
    it('are none, and fields are not known', async () => {
      expect(await get('')).toEqual({ source: 'plugin', objects: [] });
      await get('/Contact', 404);
      const body = await preview('Contact', {
        mapping: [{ column: 'email', salesforceField: 'Nope' }],
      });
      expect(body).toMatchObject({ fromSalesforce: { compatibility: null, fault: null } });
    });

    it('are those that the plugin has described, with its fields', async () => {
      const token = await authorizedToken(stage.server, scene);
      await admin(stage.server, 'put', '/v1/plugin/objects/Contact', token)
        .send({ fields: [{ name: 'Email', type: 'email', length: 80 }] })
        .expect(200);
      expect(await get('')).toMatchObject({ objects: [{ object: 'contact', fields: 1 }] });
      const body = await get('/Contact?table=Contact');
      expect(body).toMatchObject({
        source: 'plugin',
        fields: [{ name: 'Email', type: 'email', length: 80, isUpdatable: null }],
        suggested: [{ column: 'email', salesforceField: 'Email' }],
      });
    });

    it('have no sample, and why is said', async () => {
      const body = await get('/Contact/sample', 422);
      expect(body).toMatchObject({ code: 'no-sample' });
    });
  });

  describe('once it may be', () => {
    beforeAll(async () => {
      await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    });

    it('are the org’s, by name and label', async () => {
      const body = await get('');
      const { source, objects } = body as { source: string; objects: { object: string; label: string }[] };
      expect(source).toBe('org');
      expect(objects).toContainEqual({
        ...{ object: 'Contact', label: 'Contact', isCreatable: true, isUpdatable: true },
        ...{ fields: 1, describedAt: expect.any(String) as string },
      });
    });

    it('have fields with labels, and the parents that references lead to', async () => {
      const body = await get('/contact?table=Contact');
      const { source, fields, suggested } = body as Fields;
      const named = (name: string): Field | undefined => fields.find((field) => field.name === name);
      expect(source).toBe('org');
      expect(named('LastName')).toMatchObject({ label: 'Last Name', type: 'string', parent: null });
      expect(named('AccountId')?.parent).toEqual({ path: 'Account.', object: 'Account' });
      expect(suggested).toContainEqual({ column: 'email', salesforceField: 'Email' });
      expect(suggested).toContainEqual({ column: 'born', salesforceField: 'Birthdate' });
      // Each field fills one column at most, and none that it does not fit.
      expect(new Set(suggested.map(({ salesforceField }) => salesforceField)).size).toBe(suggested.length);
      expect(suggested.map(({ column }) => column)).not.toContain('topics');
    });

    it('are unknown by a name that the org does not have', async () => {
      await get('/Nonsense__c', 404);
    });

    it('have a real record, the one that says most of those changed last', async () => {
      const salesforce = await stage.org.connect();
      await salesforce.createAll('Contact', [
        { LastName: 'Silva', Email: 'ana@example.com', Birthdate: '1990-02-03' },
        { LastName: 'Okoye' },
      ]);
      const body = await get('/Contact/sample');
      const { record } = body as { record: Record<string, unknown> };
      expect(record).toMatchObject({ LastName: 'Silva', Email: 'ana@example.com' });
      const judged = await preview('Contact', {
        mapping: [
          { column: 'email', salesforceField: 'Email' },
          { column: 'last_name', salesforceField: 'LastName' },
          { column: 'born', salesforceField: 'Birthdate' },
        ],
        records: [record],
      });
      expect(judged).toMatchObject({
        fromSalesforce: {
          becomes: {
            rows: [{ values: { email: 'ana@example.com', last_name: 'Silva', born: '1990-02-03' } }],
          },
          fault: null,
        },
        toSalesforce: null,
      });
    });

    it('judge a mapping that is being edited, both ways, field by field', async () => {
      const body = await preview('Contact', {
        mapping: [
          { column: 'email', salesforceField: 'Email' },
          { column: 'born', salesforceField: 'IsDeleted' },
        ],
        definition: {
          ...{ name: 'Back', operations: ['updated'] },
          mapping: [{ column: 'last_name', salesforceField: 'CreatedDate' }],
        },
      });
      expect(body).toMatchObject({
        fromSalesforce: { compatibility: [{ column: 'born', level: 'misfit' }], becomes: null },
        toSalesforce: { compatibility: [{ column: 'last_name', level: 'misfit' }], fault: null },
      });
    });

    it('say why a mapping could not be saved', async () => {
      const body = await preview('Contact', {
        mapping: [{ column: 'born', salesforceField: 'Birthdate' }],
      });
      expect(body).toMatchObject({
        fromSalesforce: { fault: { code: 'primary-key-missing', sentence: { parameters: {} } } },
      });
    });

    it('stop no transfer of what only the plugin may see', async () => {
      await get('/Account');
      const made = await admin(stage.server, 'post', '/v1/admin/transfers')
        .send({
          ...{ connection: scene.connectionId, table: 'Contact', object: 'Account' },
          mapping: [{ column: 'email', salesforceField: 'Hidden_Email__c' }],
        })
        .expect(201);
      const { id } = made.body as { id: string };
      await admin(stage.server, 'post', `/v1/admin/transfers/${id}/activate`).expect(200);
      await admin(stage.server, 'post', `/v1/admin/transfers/${id}/pause`).expect(200);
    });
  });
});
