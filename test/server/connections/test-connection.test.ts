import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isNewer } from '../../../server/src/connections/connection-page.ts';
import { mergedChecks } from '../../../server/src/connections/org-checks.ts';
import { startAuthorizationStage, TOKEN, type AuthorizationStage } from '../support/authorization-stage.ts';
import { authorizeInBrowser } from '../support/salesforce.ts';
import type { SalesforceDouble } from '../support/salesforce-double.ts';
import {
  admin,
  authorizedToken,
  requestToken,
  startTestServer,
  createScene,
} from '../support/test-server.ts';
import request from 'supertest';

interface Tested {
  readonly level: string;
  readonly findings: readonly { level: string; message: string }[];
  readonly apiCalls: { left: number } | null;
  readonly objects: readonly {
    object: string;
    level: string;
    isReadable: boolean;
    isUpdatable: boolean;
    findings: readonly { level: string; field: string | null; message: string }[];
  }[];
}

const field = (name: string, label: string, more: object = {}): object => ({
  name,
  label,
  type: 'string',
  nillable: true,
  createable: true,
  updateable: true,
  ...more,
});
const object = (name: string, fields: readonly object[], more: object = {}): object => ({
  name,
  label: name,
  queryable: true,
  createable: true,
  updateable: true,
  deletable: true,
  fields,
  ...more,
});
const OPT_OUT = field('HasOptedOutOfEmail', 'Email Opt Out', { type: 'boolean' });
/** Those of the scene's transfer of Contact. */
const MAPPED = [
  'Email',
  'LastName',
  'Age__c',
  'Balance__c',
  'Birthdate',
  'Seen__c',
  'Active__c',
  'Tier__c',
  'Topics__c',
].map((name) => field(name, name));

describe('the test of a connection', () => {
  let stage: AuthorizationStage;
  let salesforce: SalesforceDouble;
  beforeAll(async () => {
    stage = await startAuthorizationStage();
    ({ salesforce } = stage);
  });
  beforeEach(async () => {
    await stage.set();
    await authorizeInBrowser(stage.server, stage.scene.connectionId, salesforce.url);
    describes({ Contact: object('Contact', [...MAPPED, OPT_OUT]), Lead: object('Lead', [OPT_OUT]) });
  });
  afterAll(() => stage.close());

  /** What the user sees of objects; of those that are not named, nothing. */
  function describes(objects: Readonly<Record<string, object>>): void {
    salesforce.script(/\/sobjects\/\w+\/describe$/, (asked) => {
      const name = asked.path.split('/').at(-2) ?? '';
      const described = objects[name];
      const usual = salesforce.usual(asked);
      return usual.status === 401 || described === undefined
        ? usual
        : { json: described, headers: { 'Sforce-Limit-Info': salesforce.apiUsage } };
    });
  }

  async function test(query = ''): Promise<Tested> {
    const answer = await admin(stage.server, 'post', `${stage.connectionPath}/test${query}`).expect(200);
    return answer.body as Tested;
  }

  it('finds all well: credentials, API, calls left, each object and each mapped field', async () => {
    const tested = await test();
    expect(tested).toMatchObject({ level: 'ok', apiCalls: { left: 14_990 } });
    expect(tested.objects.map((each) => [each.object, each.level])).toEqual([
      ['Contact', 'ok'],
      ['Lead', 'ok'],
    ]);
    expect(tested.objects[0]?.findings.map((finding) => finding.field)).toEqual([
      ...MAPPED.map((each) => (each as { name: string }).name),
      'HasOptedOutOfEmail',
    ]);
    expect(tested.findings[0]?.message).toContain('marketing@example.com');
  });

  it('names Email Opt Out where it is hidden or read-only, with the steps to make it editable', async () => {
    describes({
      Contact: object('Contact', MAPPED),
      Lead: object('Lead', [{ ...OPT_OUT, createable: false, updateable: false }]),
    });
    const tested = await test();
    expect(tested.level).toBe('warning');
    for (const each of tested.objects) {
      const finding = each.findings.find((found) => found.field === 'HasOptedOutOfEmail');
      expect(finding?.level).toBe('warning');
      expect(finding?.message).toContain(`In Setup, Object Manager, ${each.object}, Fields & Relationships`);
    }
    expect(tested.objects[0]?.findings.at(-1)?.message).toMatch(/may not see it/);
    expect(tested.objects[1]?.findings.at(-1)?.message).toMatch(/read-only/);
  });

  it('names a mapped field that is gone or hidden, and leaves the others well', async () => {
    describes({ Contact: object('Contact', [...MAPPED.slice(1), OPT_OUT]), Lead: object('Lead', [OPT_OUT]) });
    const tested = await test();
    expect(tested.level).toBe('problem');
    const problems = tested.objects.flatMap((each) =>
      each.findings.filter((finding) => finding.level === 'problem'),
    );
    expect(problems).toMatchObject([{ field: 'Email' }]);
    expect(problems[0]?.message).toContain(
      'Contact has no field Email, or marketing@example.com may not see it',
    );
  });

  it('says that an object is not there, and what the user may not do with one that is', async () => {
    describes({ Contact: object('Contact', [...MAPPED, OPT_OUT], { queryable: false, updateable: false }) });
    const tested = await test('?objects=Region__c,contact');
    expect(
      tested.objects.map((each) => [each.object, each.level, each.isReadable, each.isUpdatable]),
    ).toEqual([
      ['Contact', 'problem', false, false],
      ['Lead', 'warning', false, false],
      ['Region__c', 'problem', false, false],
    ]);
    expect(tested.objects[2]?.findings[0]?.message).toMatch(/no object Region__c/);
    expect(tested.objects[0]?.findings[0]?.message).toMatch(/may not read records of Contact/);
  });

  it('follows a mapped path to its parent’s field', async () => {
    const { transferId } = stage.scene;
    const reference = field('AccountId', 'Account', { type: 'reference', referenceTo: ['Account'] });
    const owner = field('OwnerId', 'Owner', { type: 'reference', referenceTo: ['Group', 'User'] });
    const mapping = [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Account.Name', column: 'last_name' },
      { salesforceField: 'Account.Gone__c', column: 'tier' },
      { salesforceField: 'Owner.Name', column: 'topics' },
      { salesforceField: 'Region__r.Code__c', column: 'age' },
    ];
    await admin(stage.server, 'post', `/v1/admin/transfers/${transferId}/pause`).expect(200);
    await admin(stage.server, 'put', `/v1/admin/transfers/${transferId}/mapping`)
      .send({ mapping })
      .expect(200);
    describes({
      Contact: object('Contact', [...MAPPED, OPT_OUT, reference, owner]),
      Lead: object('Lead', [OPT_OUT]),
      Account: object('Account', [field('Name', 'Account Name')]),
    });
    const found = (await test()).objects[0]?.findings.map((finding) => [finding.field, finding.level]);
    expect(found).toEqual([
      ['Email', 'ok'],
      ['Account.Name', 'ok'],
      ['Account.Gone__c', 'problem'],
      ['Owner.Name', 'ok'],
      ['Region__r.Code__c', 'problem'],
      ['HasOptedOutOfEmail', 'ok'],
    ]);
  });

  it('ends at credentials that no longer work, and says what to do', async () => {
    salesforce.expire();
    const refusal = { error: 'invalid_grant', error_description: 'expired access/refresh token' };
    salesforce.script(TOKEN, { status: 400, json: refusal });
    const tested = await test();
    expect(tested).toMatchObject({ level: 'problem', objects: [], apiCalls: null });
    expect(tested.findings.map((finding) => finding.message).join()).toMatch(
      /Authorize the connection again/,
    );
  });

  it('says that a connection is not authorized, and that no calls are left', async () => {
    salesforce.apiUsage = 'api-usage=15000/15000';
    expect((await test()).findings.at(-1)).toMatchObject({ level: 'problem' });
    await admin(stage.server, 'delete', `${stage.connectionPath}/authorization`).expect(204);
    expect((await test()).findings).toMatchObject([
      { level: 'problem', message: expect.stringMatching(/not authorized/) as string },
    ]);
  });

  it('refuses what is no name of an object', async () => {
    for (const objects of ['Contact;DELETE', '../limits', 'a'.repeat(81), ''])
      await admin(
        stage.server,
        'post',
        `${stage.connectionPath}/test?objects=${encodeURIComponent(objects)}`,
      ).expect(400);
  });

  it('looks once at what several ask for, and for the most that one of them needs', () => {
    const optional = {
      object: 'contact',
      needs: ['update'],
      isOptional: true,
      fields: [{ name: 'email', needs: 'edit' }],
    } as const;
    const needed = {
      object: 'Contact',
      needs: ['read'],
      fields: [{ name: 'Email', needs: 'read' }],
    } as const;
    for (const checks of [
      [optional, needed],
      [needed, optional],
    ])
      expect(mergedChecks(checks)).toMatchObject([
        { isOptional: false, fields: [{ needs: 'edit', isOptional: false }] },
      ]);
    expect(mergedChecks([optional, needed])[0]?.needs.toSorted()).toEqual(['read', 'update']);
  });
});

describe('the page of a connection', () => {
  it('shows the plugin’s keys, its version and whether there is a newer one, and where to install it', async () => {
    const server = await startTestServer(null, {
      packageVersion: { id: '04t000000000001AAA', number: '0.10.0' },
    });
    const scene = await createScene(server);
    const path = `/v1/admin/connections/${scene.connectionId}`;
    const page = async (): Promise<unknown> => (await admin(server, 'get', path).expect(200)).body as unknown;
    const link = (host: string): string =>
      `https://${host}.salesforce.com/packaging/installPackage.apexp?p0=04t000000000001AAA`;
    expect(await page()).toMatchObject({
      name: 'Org',
      project: { code: scene.project, type: 'A' },
      keyId: scene.keyId,
      organizationId: null,
      plugin: {
        authorizedAt: null,
        installedVersion: null,
        newestVersion: '0.10.0',
        isNewerAvailable: false,
        installLink: link('login'),
      },
      authorization: null,
    });
    const token = await authorizedToken(server, scene);
    await request(server.app)
      .post('/v1/plugin/authorize')
      .set('Authorization', `Bearer ${token}`)
      .send({ organizationId: '00D000000000001', isSandbox: true, packageVersion: '0.9.0' })
      .expect(200);
    await admin(server, 'patch', path).send({ name: 'Renamed' }).expect(200);
    const shown = await page();
    expect(shown).toMatchObject({
      name: 'Renamed',
      plugin: { installedVersion: '0.9.0', isNewerAvailable: true, installLink: link('test') },
    });
    expect(JSON.stringify(shown)).not.toContain(scene.secret);
    await requestToken(server, scene).expect(200);
    await server.close();
  });

  it('has no install link where the server knows of no package', async () => {
    const server = await startTestServer();
    const scene = await createScene(server);
    const page = await admin(server, 'get', `/v1/admin/connections/${scene.connectionId}`).expect(200);
    expect((page.body as { plugin: object }).plugin).toMatchObject({
      installLink: null,
      newestVersion: null,
    });
    await server.close();
  });

  it('compares versions by their numbers', () => {
    expect([
      isNewer('1.10.0', '1.9'),
      isNewer('1.2.0.1', '1.2'),
      isNewer('1.2', '1.2.0'),
      isNewer('1.9', '1.10'),
    ]).toEqual([true, true, false, false]);
  });
});
