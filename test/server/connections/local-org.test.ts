import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askAgain } from '../../../server/src/operations/health/ask-again.ts';
import type { DeployProgress } from '../../../server/src/salesforce/org.ts';
import { beginInBrowser, comeBack, LOGIN, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

/** A connection's whole life against an org that keeps Salesforce's own rules: codes, verifiers, rotation, rights. */
describe('a connection and its local org', () => {
  let stage: SalesforceStage;
  let scene: Scene;
  beforeAll(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    await door('DELETE', 'settings');
    await door('DELETE', 'faults');
    await door('PUT', 'denials', { denials: [] });
    scene = await createScene(stage.server);
  });
  afterAll(() => stage.close());

  /** What the org lets a test do that Salesforce would not. */
  async function door(method: string, path: string, body?: object): Promise<void> {
    const answer = await fetch(`${stage.org.url}/local/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }

  const path = (): string => `/v1/admin/connections/${scene.connectionId}`;

  /** Opens an address as a browser does; answers what Salesforce sends back with it. */
  async function consented(address: URL): Promise<Record<string, string>> {
    const answer = await fetch(address, { redirect: 'manual' });
    return Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams);
  }

  async function authorize(): Promise<void> {
    const address = await beginInBrowser(stage.server, scene.connectionId, stage.org.url);
    await comeBack(stage.server, await consented(address)).expect(200);
  }

  async function authorization(): Promise<{ status: string; statusMessage: string | null }> {
    const page = await admin(stage.server, 'get', path()).expect(200);
    return (page.body as { authorization: { status: string; statusMessage: string | null } }).authorization;
  }

  const byPassword = (securityToken = ''): ReturnType<typeof admin> =>
    admin(stage.server, 'post', `${path()}/authorizations/password`).send({
      login: stage.org.url,
      userName: LOGIN.userName,
      password: LOGIN.password,
      securityToken,
    });

  it('is authorized in the browser, and stays so while sessions end and refresh tokens rotate', async () => {
    await authorize();
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    for (let turn = 0; turn < 3; turn++) {
      await door('POST', 'sessions/expire');
      expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
    }
    expect(await authorization()).toMatchObject({ status: 'authorized' });
  });

  it('takes no code that was given for another redirect or another challenge', async () => {
    for (const [parameter, value] of [
      ['redirect_uri', 'http://elsewhere.example.com/callback'],
      ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
    ] as const) {
      const address = await beginInBrowser(stage.server, scene.connectionId, stage.org.url);
      address.searchParams.set(parameter, value);
      const answer = await comeBack(stage.server, await consented(address));
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('The connection was not authorized');
    }
    expect(await authorization()).toBeNull();
  });

  it('takes a code once', async () => {
    const first = await consented(await beginInBrowser(stage.server, scene.connectionId, stage.org.url));
    await comeBack(stage.server, first).expect(200);
    const address = await beginInBrowser(stage.server, scene.connectionId, stage.org.url);
    const state = address.searchParams.get('state') ?? '';
    await comeBack(stage.server, { ...first, state }).expect(422);
    expect(await authorization()).toMatchObject({ status: 'authorized' });
  });

  it('says that the person refused, or that the app is not installed', async () => {
    await door('PATCH', 'settings', { consent: 'refuse' });
    const refused = await consented(await beginInBrowser(stage.server, scene.connectionId, stage.org.url));
    expect((await comeBack(stage.server, refused).expect(400)).text).toContain('did not allow the access');
    await door('DELETE', 'settings');
    const given = await consented(await beginInBrowser(stage.server, scene.connectionId, stage.org.url));
    await door('PATCH', 'settings', {
      apps: [{ clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret, isInstalled: false }],
    });
    expect((await comeBack(stage.server, given).expect(422)).text).toContain('not approved in the org');
  });

  it('notices that somebody took the access back in Salesforce, and can be authorized again', async () => {
    await authorize();
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    await door('POST', 'authorizations/revoke');
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop', code: 'invalid_grant' });
    expect(await authorization()).toMatchObject({ status: 'revoked' });
    await authorize();
    expect(await authorization()).toMatchObject({ status: 'authorized', statusMessage: null });
    // Whoever held the org before goes on with the new session.
    expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
  });

  it('leaves no session behind in Salesforce when it is forgotten', async () => {
    await authorize();
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    await admin(stage.server, 'delete', `${path()}/authorization`).expect(204);
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop', code: 'not-authorized' });
  });

  it('logs in with the security token, and says that it is missing', async () => {
    await door('PATCH', 'settings', { securityToken: 'a1B2c3' });
    expect((await byPassword().expect(422)).text).toContain('Reset My Security Token');
    const authorized = await byPassword('a1B2c3').expect(201);
    expect(authorized.body).toMatchObject({
      authorization: { organization: { edition: 'Developer Edition' } },
    });
    await door('POST', 'sessions/expire');
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    expect(await org.describe('Lead')).toMatchObject({ name: 'Lead' });
  });

  it('says of an org without an API which editions have one', async () => {
    await door('PATCH', 'settings', { isApiEnabled: false });
    expect((await byPassword().expect(422)).text).toContain(
      'Enterprise, Performance, Unlimited and Developer Edition',
    );
  });

  it('finds Email Opt Out hidden from the user by the test, and well again when it is shown', async () => {
    await byPassword().expect(201);
    const object = 'Contact';
    const field = 'HasOptedOutOfEmail';
    const levels = async (): Promise<unknown> => {
      const tested = await admin(stage.server, 'post', `${path()}/test`).expect(200);
      const { objects } = tested.body as {
        objects: { object: string; findings: { field: string; level: string }[] }[];
      };
      return objects
        .find((each) => each.object === object)
        ?.findings.find((finding) => finding.field === field)?.level;
    };
    await door('PUT', 'denials', { denials: [{ object, field, rights: ['Read', 'Edit'] }] });
    expect(await levels()).toBe('warning');
    await door('PUT', 'denials', { denials: [{ object, field, rights: ['Edit'] }] });
    expect(await levels()).toBe('warning');
    await door('PUT', 'denials', { denials: [] });
    expect(await levels()).toBe('ok');
  });

  it('survives what Salesforce does on bad days, each in its way', async () => {
    await byPassword().expect(201);
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    for (const [fault, expected] of [
      [{ kind: 'unavailable' }, { kind: 'retry' }],
      [{ kind: 'request-limit' }, { kind: 'limit' }],
      [{ kind: 'reset-before' }, { kind: 'retry', code: 'unreachable' }],
      [{ kind: 'reset-after' }, { kind: 'retry', code: 'unreachable' }],
    ] as const) {
      await door('POST', 'faults', { ...fault, match: { operation: 'describe' } });
      await expect(org.describe('Contact')).rejects.toMatchObject(expected);
      expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
    }
    await door('POST', 'faults', { kind: 'session', match: { operation: 'describe' } });
    expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
    await door('POST', 'faults', { kind: 'lock', match: { operation: 'insert' }, rows: [1] });
    const saved = await org.write('insert', 'Contact', [{ LastName: 'A' }, { LastName: 'B' }]);
    expect(saved).toMatchObject([
      { isSaved: true },
      { isSaved: false, errors: [{ code: 'UNABLE_TO_LOCK_ROW' }] },
    ]);
    expect(await authorization()).toMatchObject({ status: 'authorized' });
  });

  it('saves a duplicate only where that was asked for', async () => {
    await byPassword().expect(201);
    await door('PATCH', 'settings', { duplicateRules: [{ object: 'Contact', fields: ['Email'] }] });
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    const record = { LastName: 'Twin', Email: 'twin@example.com' };
    expect(await org.write('insert', 'Contact', [record])).toMatchObject([{ isSaved: true }]);
    expect(await org.write('insert', 'Contact', [record])).toMatchObject([
      { isSaved: false, errors: [{ code: 'DUPLICATES_DETECTED' }] },
    ]);
    expect(await org.write('insert', 'Contact', [record], { allowDuplicates: true })).toMatchObject([
      { isSaved: true },
    ]);
  });

  it('deploys a field, and says what is wrong with one that cannot be', async () => {
    await byPassword().expect(201);
    const org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    const zip = (type: string): Buffer =>
      Buffer.from(
        zipSync({
          'package.xml': strToU8(
            '<?xml version="1.0" encoding="UTF-8"?><Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>Contact.Opt_In__c</members><name>CustomField</name></types><version>65.0</version></Package>',
          ),
          'objects/Contact.object': strToU8(
            `<?xml version="1.0" encoding="UTF-8"?><CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><fields><fullName>Opt_In__c</fullName><label>Opt-in</label><type>${type}</type><defaultValue>false</defaultValue></fields></CustomObject>`,
          ),
        }),
      );
    const refused = await org.deploy(zip('Nonsense'), { tests: [] });
    expect(refused.isSuccess).toBe(false);
    expect(refused.failures).toHaveLength(1);
    const seen: DeployProgress[] = [];
    const done = await org.deploy(zip('Checkbox'), {
      tests: [],
      onProgress: (progress) => void seen.push(progress),
    });
    expect(done).toMatchObject({ isSuccess: true, failures: [] });
    expect(seen.at(-1)).toMatchObject({ id: done.id, status: 'Succeeded' });
  });

  it('is asked again by itself when its API was away, and health tells of it no longer', async () => {
    await byPassword().expect(201);
    const open = async (): Promise<string[]> => {
      const answer = await admin(stage.server, 'get', '/v1/admin/incidents?status=open').expect(200);
      const { incidents } = answer.body as { incidents: { kind: string; connection: string }[] };
      return incidents.filter(({ connection }) => connection === scene.connectionId).map(({ kind }) => kind);
    };
    await door('PATCH', 'settings', { apiVersions: { oldest: 66, newest: 67 } });
    const { services } = stage.server;
    const org = await services.orgs.open(scene.connectionId, 'checks');
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'hold' });
    const job = askAgain(services.database.knex, services.orgs);
    const run = () => job.run(new AbortController().signal);
    expect(await run()).toEqual({ asked: 1, answered: 0 });
    expect(await open()).toEqual(['api-unavailable']);
    await door('DELETE', 'settings');
    expect(await run()).toEqual({ asked: 1, answered: 1 });
    expect(await open()).toEqual([]);
    expect(await run()).toEqual({ asked: 0, answered: 0 });
  });
});
