import { randomBytes } from 'node:crypto';
import type request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import { authorizationDesk } from '../../../server/src/connections/authorization-desk.ts';
import {
  PASSWORD,
  PRIVATE_KEY,
  SECURITY_TOKEN,
  SOAP,
  startAuthorizationStage,
  TOKEN,
  type AuthorizationStage,
} from '../support/authorization-stage.ts';
import { authorizeInBrowser, beginInBrowser, comeBack } from '../support/salesforce.ts';
import { APP, type SalesforceDouble } from '../support/salesforce-double.ts';
import { admin, type TestServer } from '../support/test-server.ts';

describe('an authorization', () => {
  let stage: AuthorizationStage;
  let server: TestServer;
  let salesforce: SalesforceDouble;
  beforeAll(async () => {
    stage = await startAuthorizationStage();
    ({ server, salesforce } = stage);
  });
  beforeEach(() => stage.set());
  afterAll(() => stage.close());

  it.each([
    'http://login.salesforce.com',
    'https://login.salesforce.com.example.com',
    'https://example.com',
    'https://127.0.0.1',
    'https://[::1]',
    'https://169.254.169.254/latest/meta-data',
    'https://user:secret@acme.my.salesforce.com',
    'https://acme.my.salesforce.com:8443',
    'https://acme.my.salesforce.com/path',
    'https://acme.my.salesforce.com?x',
    'https://acme.my.salesforce.com@example.com',
    'https://acme.lightning.force.com',
    'https://agency.lightning.crmforce.mil',
    'https://acme.lightning.sfcrmapps.cn',
    'https://my.sfcrmproducts.cn.example.com',
    'https://evil.salesforce.com',
    'https://evil.force.com',
    'file:///etc/passwd',
    'localhost',
    '',
  ])('never logs in at %s', async (login) => {
    for (const call of [stage.byPassword({ login }), stage.byJwt({ login })]) {
      const answer = await call;
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([422, 'login-address']);
    }
    await stage.inBrowser({ login }).expect(422);
  });

  it('logs in at production, a sandbox or a domain of one’s own', async () => {
    for (const [login, origin] of [
      [undefined, 'https://login.salesforce.com'],
      ['sandbox', 'https://test.salesforce.com'],
      ['https://acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
      ['https://acme--uat.sandbox.my.salesforce.com/', 'https://acme--uat.sandbox.my.salesforce.com'],
      ['https://agency.my.salesforce.mil', 'https://agency.my.salesforce.mil'],
      ['https://acme.my.sfcrmproducts.cn', 'https://acme.my.sfcrmproducts.cn'],
    ]) {
      const begun = await stage.inBrowser({ login }).expect(201);
      expect(new URL((begun.body as { address: string }).address).origin).toBe(origin);
    }
  });

  it.each([
    'http://127.0.0.1:1',
    'https://example.com',
    'https://salesforce.com.example.com',
    'not an address',
  ])('does not take %s for the org’s address, whatever the log-in answered', async (instance) => {
    salesforce.script(TOKEN, (asked) => {
      const { json } = salesforce.usual(asked) as { json: Record<string, unknown> };
      return { json: { ...json, instance_url: instance } };
    });
    const answer = await stage.byJwt().expect(422);
    expect(answer.body).toMatchObject({ salesforce: { code: 'unexpected-answer' } });
  });

  it('takes the access back in Salesforce when the authorization or the connection goes', async () => {
    for (const which of [`${stage.connectionPath}/authorization`, stage.connectionPath]) {
      await authorizeInBrowser(server, stage.scene.connectionId, salesforce.url);
      const before = salesforce.revoked.length;
      await admin(server, 'delete', which).expect(204);
      expect(salesforce.revoked.length).toBe(before + 1);
      await expect(server.services.orgs.open(stage.scene.connectionId, 'checks')).rejects.toMatchObject({
        code: 'not-authorized',
      });
    }
  });

  it('never answers, logs or stores a secret in the clear', async () => {
    const answers: string[] = [];
    const kept = async (call: request.Test): Promise<void> => void answers.push((await call).text);
    salesforce.script(SOAP, () => stage.soapAnswer(), 1);
    await kept(stage.byPassword());
    await kept(stage.byPassword());
    await kept(stage.byJwt());
    const app = { clientId: 'own-app', clientSecret: 'secret-of-the-own-app' };
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url, { app });
    await kept(comeBack(server, { code: 'secret-code', state: address.searchParams.get('state') ?? '' }));
    await kept(admin(server, 'get', stage.connectionPath));
    await kept(admin(server, 'get', '/v1/admin/connections'));
    await kept(admin(server, 'get', '/v1/admin/audit-events'));
    await kept(admin(server, 'post', `${stage.connectionPath}/test`));
    const tables = await Promise.all(
      ['di.salesforce_authorization', 'di.authorization_request', 'di.audit_event', 'di.connection'].map(
        (table) => server.database.knex(table).select(),
      ),
    );
    const tokens = salesforce.requests.flatMap(({ token, form }) => [
      token ?? '',
      form.get('refresh_token') ?? '',
    ]);
    const secrets = [
      PASSWORD,
      SECURITY_TOKEN,
      PRIVATE_KEY.slice(30, 90),
      app.clientSecret,
      APP.clientSecret,
      ...tokens,
    ];
    const seen = [...answers, ...stage.logged, JSON.stringify(tables)].join('\n');
    for (const secret of [...secrets, 'secret-code', address.searchParams.get('state') ?? ''].filter(Boolean))
      expect(seen).not.toContain(secret);
    expect(stage.logged.length).toBeGreaterThan(0);
  });

  it('seals what it keeps again with a new encryption key, and works on', async () => {
    await authorizeInBrowser(server, stage.scene.connectionId, salesforce.url);
    const changed = { id: 'new', secret: randomBytes(32) };
    const desk = authorizationDesk(
      server.config,
      server.database.knex,
      new SecretBox([changed, ...server.config.encryptionKeys]),
    );
    expect(await desk.authorizations.reseal()).toBeGreaterThan(0);
    expect(await desk.authorizations.reseal()).toBe(0);
    const alone = authorizationDesk(server.config, server.database.knex, new SecretBox([changed]));
    expect(await alone.authorizations.open(stage.scene.connectionId)).toMatchObject({ status: 'authorized' });
    await server.database.knex('di.salesforce_authorization').delete();
  });
});
