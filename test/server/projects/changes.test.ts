import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

interface Step {
  readonly action: string;
  readonly field: string | null;
  readonly detail: string;
  readonly refusal: string | null;
}

describe('a change of a table', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  let table: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    table = `/v1/admin/projects/${scene.project}/tables/Contact`;
    await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c', 'Balance__c', 'Tier__c', 'Topics__c'],
      upserts: [
        [contactId(1), moment(0), 'one@example.com', 'Long name', 41, '12.55', 'gold', 'a;b'],
        [contactId(2), moment(0), 'two@example.com', 'Long name', 41, null, 'silver', null],
      ],
    }).expect(200);
  });

  const change = (field: string, body: object) =>
    admin(server, 'patch', `${table}/fields/${field}`).send(body);
  const build = (status: number) =>
    admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(status);
  const plan = async (): Promise<{ steps: Step[]; isPossible: boolean }> =>
    (await admin(server, 'get', `/v1/admin/projects/${scene.project}/build`).expect(200)).body as {
      steps: Step[];
      isPossible: boolean;
    };

  it('is shown by the plan and made by the build', async () => {
    await change('last_name', { length: 80 }).expect(200);
    await change('age', { type: 'decimal', precision: 10, scale: 1 }).expect(200);
    await admin(server, 'post', `${table}/fields`)
      .send({ name: 'town', type: 'text', default: 'Paris' })
      .expect(201);
    expect(await plan()).toEqual({
      isPossible: true,
      steps: [
        {
          table: 'Contact',
          action: 'change-field',
          field: 'last_name',
          detail: 'length 20 becomes 80',
          refusal: null,
        },
        {
          table: 'Contact',
          action: 'change-field',
          field: 'age',
          detail: 'type "integer" becomes "decimal", precision none becomes 10, scale none becomes 1',
          refusal: null,
        },
        { table: 'Contact', action: 'add-field', field: 'town', detail: 'text(255)', refusal: null },
      ],
    });
    await build(200);
    expect(await rowsOf(server, scene)).toMatchObject([
      { age: '41.0', town: 'Paris' },
      { age: '41.0', town: 'Paris' },
    ]);
    expect(await plan()).toEqual({ steps: [], isPossible: true });
  });

  it.each([
    ['shortens text that is there', 'last_name', { length: 5 }, '2 rows are longer than 5 characters'],
    [
      'takes a picklist’s value away',
      'tier',
      { picklist: ['silver'] },
      '1 rows have values outside the picklist',
    ],
    [
      'takes a multi-picklist’s value away',
      'topics',
      { picklist: ['a'] },
      '1 rows have values outside the picklist',
    ],
    ['cuts digits', 'balance', { precision: 3, scale: 1 }, '1 rows have more than 1 digits after the point'],
    [
      'cuts whole digits',
      'balance',
      { precision: 3, scale: 2 },
      '1 rows have more than 1 digits before the point',
    ],
    [
      'makes a number of text',
      'last_name',
      { type: 'integer' },
      'text cannot become integer without losing data',
    ],
    ['makes an e-mail address of a name', 'last_name', { type: 'email' }, '2 rows are no e-mail addresses'],
    ['requires what is missing', 'balance', { required: true }, '1 rows have no value'],
    ['makes twins unique', 'age', { unique: true }, '1 values are there more than once'],
  ])('that %s is refused with its reason, and nothing is built', async (_what, field, body, reason) => {
    await admin(server, 'post', `${table}/fields`).send({ name: 'other', type: 'text' }).expect(201);
    await change(field, body).expect(200);
    const { steps, isPossible } = await plan();
    expect(isPossible).toBe(false);
    expect(steps.find((step) => step.field === field)?.refusal).toMatch(new RegExp(reason));
    const refused = await build(422);
    expect(refused.body).toMatchObject({ code: 'build-refused', steps });
    const [row] = await rowsOf(server, scene);
    expect(row).not.toHaveProperty('other');
    // The table goes on as it was built.
    await postBatch(server, token, {
      upserts: [[contactId(3), moment(0), 'three@example.com', 'A name of 20 letters']],
    }).expect(200);
  });

  it('that adds a required field to rows is refused without a default', async () => {
    const field = { name: 'grade', type: 'picklist', picklist: ['A', 'B'], required: true };
    await admin(server, 'post', `${table}/fields`).send(field).expect(201);
    expect((await build(422)).body).toMatchObject({ code: 'build-refused' });
    await change('grade', { default: 'B' }).expect(200);
    await build(200);
    expect(await rowsOf(server, scene)).toMatchObject([{ grade: 'B' }, { grade: 'B' }]);
  });

  it.each([
    ['an integer', 'age', '41'],
    ['a decimal', 'balance', '12.55'],
    ['a multi-picklist', 'topics', 'a;b'],
  ])('makes text of %s', async (_what, field, after) => {
    await change(field, { type: 'text' }).expect(200);
    await build(200);
    expect((await rowsOf(server, scene))[0]).toMatchObject({ [field]: after });
  });

  it('renames fields, exchanges their names, and the mapping follows', async () => {
    await change('age', { name: 'x' }).expect(200);
    await change('last_name', { name: 'age' }).expect(200);
    await change('x', { name: 'last_name' }).expect(200);
    await change('email', { name: 'address' }).expect(200);
    await build(200);
    const answer = await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'],
      upserts: [[contactId(1), moment(5), 'one@example.com', 'Newer', 42]],
    }).expect(200);
    expect(answer.body).toMatchObject({ applied: 1, rejected: [] });
    expect(await rowsOf(server, scene)).toMatchObject([
      { address: 'one@example.com', age: 'Newer', last_name: 42 },
      { address: 'two@example.com', age: 'Long name', last_name: 41 },
    ]);
  });

  it('renames a table; its batches come under the new code', async () => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables`)
      .send({
        code: 'Order',
        name: 'Orders',
        primaryKey: ['number'],
        fields: [
          { name: 'number', type: 'text' },
          { name: 'email', type: 'email', reference: { table: 'Contact', column: 'email' } },
        ],
      })
      .expect(201);
    await build(200);
    const transfer = await admin(server, 'post', '/v1/admin/transfers')
      .send({
        connection: scene.connectionId,
        table: 'Order',
        object: 'Order__c',
        mapping: [
          { salesforceField: 'Name', column: 'number' },
          { salesforceField: 'Email__c', column: 'email' },
        ],
      })
      .expect(201);
    await admin(
      server,
      'post',
      `/v1/admin/transfers/${(transfer.body as { id: string }).id}/activate`,
    ).expect(200);
    await admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Order`)
      .send({ code: 'Purchase' })
      .expect(200);
    const batch = {
      object: 'Order__c',
      fields: ['Id', 'SystemModstamp', 'Name', 'Email__c'],
      upserts: [[contactId(1), moment(0), 'O-1', 'one@example.com']],
    };
    await postBatch(server, token, batch, { table: 'Order' }).expect(200);
    await build(200);
    await postBatch(server, token, batch, { table: 'Order' }).expect(404);
    await postBatch(server, token, batch, { table: 'Purchase' }).expect(200);
    // A renamed key is followed by those that refer to it.
    await change('email', { name: 'address' }).expect(200);
    await build(200);
    const project = await admin(server, 'get', `/v1/admin/projects/${scene.project}`);
    expect(JSON.stringify(project.body)).toContain('"reference":{"table":"Contact","column":"address"}');
  });

  it('archives a field whose column stays, and restores it with its values', async () => {
    await admin(server, 'post', `${table}/fields/age/archive`).expect(409);
    const mapping = [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'LastName', column: 'last_name' },
    ];
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping, dropsSentFields: true })
      .expect(200);
    await admin(server, 'post', `${table}/fields/age/archive`).expect(200);
    await build(200);
    expect((await rowsOf(server, scene))[0]).not.toHaveProperty('age');
    await postBatch(server, token, {
      upserts: [[contactId(1), moment(5), 'moved@example.com', 'Moved']],
    }).expect(200);
    await admin(server, 'post', `${table}/fields/age/restore`).expect(200);
    await build(200);
    expect((await rowsOf(server, scene))[0]).toMatchObject({ email: 'moved@example.com', age: 41 });
  });

  it('keeps the primary key: it is not archived, and keeps a type that can be compared', async () => {
    await admin(server, 'post', `${table}/fields/email/archive`).expect(409);
    expect((await change('email', { type: 'json' }).expect(422)).body).toMatchObject({
      code: 'primary-key-type',
    });
  });

  it('archives a table or a project: batches are refused until it is restored', async () => {
    const batch = { upserts: [[contactId(1), moment(9), 'one@example.com', 'Later']] };
    await admin(server, 'post', `${table}/archive`).expect(422);
    for (const verb of ['archive', 'restore'] as const) {
      await admin(server, 'post', `/v1/admin/projects/${scene.project}/${verb}`).expect(200);
      const answer = await postBatch(server, token, batch).expect(verb === 'archive' ? 422 : 200);
      if (verb === 'archive') expect(answer.body).toMatchObject({ code: 'project-archived' });
    }
  });

  it('refers only to the primary key of a table of the project', async () => {
    await admin(server, 'post', `${table}/fields`)
      .send({ name: 'parent', type: 'text', reference: { table: 'Nothing', column: 'id' } })
      .expect(201);
    expect((await build(422)).body).toMatchObject({ code: 'invalid-reference' });
  });

  it.each([
    [{ name: 'a', type: 'text', precision: 3 }, 'precision'],
    [{ name: 'a', type: 'decimal', precision: 3, scale: 4 }, 'scale'],
    [{ name: 'a', type: 'date', length: 3 }, 'length'],
    [{ name: 'a', type: 'text', picklist: ['x'] }, 'picklist'],
    [{ name: 'a', type: 'json', unique: true }, 'unique'],
    [{ name: 'a', type: 'date', default: 'tomorrow' }, 'default'],
    [{ name: 'a'.repeat(64), type: 'text' }, 'name'],
  ])('refuses a field whose parts do not belong together: %j', async (field, part) => {
    const answer = await admin(server, 'post', `${table}/fields`).send(field).expect(400);
    expect((answer.body as { detail: string }).detail).toContain(part);
  });
});
