import { createHash, randomBytes } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, createAccount, PASSWORD } from '../support/accounts.ts';
import { Browser } from '../support/browser.ts';
import { startAuthorizationStage, TOKEN, type AuthorizationStage } from '../support/authorization-stage.ts';
import { authorizeInBrowser, beginInBrowser, comeBack } from '../support/salesforce.ts';
import { APP, type SalesforceDouble } from '../support/salesforce-double.ts';
import {
  admin,
  authorizedToken,
  createScene,
  ORGANIZATION,
  startTestServer,
  type TestServer,
} from '../support/test-server.ts';

describe('authorizing a connection in the browser', () => {
  let stage: AuthorizationStage;
  let server: TestServer;
  let salesforce: SalesforceDouble;
  beforeAll(async () => {
    stage = await startAuthorizationStage();
    ({ server, salesforce } = stage);
  });
  beforeEach(() => stage.set());
  afterAll(() => stage.close());

  it('sends to Salesforce with a challenge and a state, and comes back with the org’s name on a page', async () => {
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    const asked = address.searchParams;
    expect(address.origin + address.pathname).toBe(`${salesforce.url}/services/oauth2/authorize`);
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: APP.clientId,
      redirect_uri: 'http://di.example.com/oauth/salesforce/callback',
      scope: 'api refresh_token',
      code_challenge_method: 'S256',
    });
    const answer = await comeBack(server, { code: 'the-code', state: asked.get('state') ?? '' }).expect(200);
    expect(answer.headers['content-type']).toMatch('text/html');
    expect(answer.text).toContain('The connection is authorized');
    expect(answer.text).toContain('Acme');
    const form = salesforce.requestsOf(TOKEN)[0]?.form;
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      client_id: APP.clientId,
      client_secret: APP.clientSecret,
      redirect_uri: 'http://di.example.com/oauth/salesforce/callback',
    });
    const verifier = form?.get('code_verifier') ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(asked.get('code_challenge'));
    expect(await stage.page()).toMatchObject({
      organizationId: ORGANIZATION,
      authorization: {
        kind: 'web-server',
        status: 'authorized',
        userName: 'marketing@example.com',
        organization: { id: ORGANIZATION, name: 'Acme', edition: 'Enterprise Edition', isSandbox: false },
        authorizedBy: 'operator',
      },
      warnings: [],
    });
  });

  it('uses the app that the connection was given in the place of the server’s', async () => {
    const app = { clientId: 'own-app', clientSecret: 'own-app-secret' };
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url, { app });
    expect(address.searchParams.get('client_id')).toBe('own-app');
    await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' }).expect(200);
    salesforce.expire();
    await admin(server, 'post', `${stage.connectionPath}/test`).expect(200);
    for (const { form } of salesforce.requestsOf(TOKEN))
      expect([form.get('client_id'), form.get('client_secret')]).toEqual(['own-app', 'own-app-secret']);
  });

  it('refuses a state that is forged, missing, or was used', async () => {
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    const state = address.searchParams.get('state') ?? '';
    await comeBack(server, { code: 'code', state: randomBytes(32).toString('base64url') }).expect(400);
    await comeBack(server, { code: 'code', state: `${state.slice(0, -1)}x` }).expect(400);
    await comeBack(server, { code: 'code' }).expect(400);
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(0);
    await comeBack(server, { code: 'code', state }).expect(200);
    const again = await comeBack(server, { code: 'code', state }).expect(400);
    expect(again.text).toContain('was used already');
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(1);
  });

  it('refuses a state that has expired', async () => {
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    await server.database.knex.raw(
      "UPDATE di.authorization_request SET expires_at = now() - interval '1 second'",
    );
    await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' }).expect(400);
    expect((await stage.page()).authorization).toBeNull();
    expect(await server.services.authorization.requests.forgetExpired()).toBe(1);
  });

  it('authorizes the connection that the state was made for, and no other account’s', async () => {
    const stranger = await createAccount(server);
    const theirs = await createScene(server, stranger.token);
    await as(server, stranger.token, 'post', `${stage.connectionPath}/authorizations/web-server`)
      .send({ login: salesforce.url })
      .expect(404);
    const address = await beginInBrowser(server, theirs.connectionId, salesforce.url, {
      token: stranger.token,
    });
    const browser = new Browser(server);
    await browser.signIn(stranger.email, PASSWORD);
    expect((await browser.comeBack(address)).status).toBe(200);
    expect((await stage.page()).authorization).toBeNull();
    const own = await as(
      server,
      stranger.token,
      'get',
      `/v1/admin/connections/${theirs.connectionId}`,
    ).expect(200);
    expect(own.body).toMatchObject({ authorization: { authorizedBy: stranger.email } });
  });

  it('refuses the state of somebody who was disabled meanwhile', async () => {
    const owner = await createAccount(server);
    const theirs = await createScene(server, owner.token);
    const body = {
      email: `${randomBytes(4).toString('hex')}@example.com`,
      name: 'U',
      role: 'administrator',
      password: 'a long enough password',
    };
    const user = await as(server, owner.token, 'post', '/v1/admin/users').send(body).expect(201);
    const session = await request(server.app)
      .post('/v1/sessions')
      .send({ email: body.email, password: body.password })
      .expect(201);
    const { token } = session.body as { token: string };
    const address = await beginInBrowser(server, theirs.connectionId, salesforce.url, { token });
    const { id } = user.body as { id: string };
    const browser = new Browser(server);
    await browser.signIn(body.email, body.password);
    await browser.open(address.href);
    await as(server, owner.token, 'patch', `/v1/admin/users/${id}`).send({ isDisabled: true }).expect(200);
    const answer = await browser.comeBack(address);
    expect([answer.status, salesforce.requestsOf(TOKEN).length]).toEqual([422, 0]);
  });

  it('refuses to authorize a connection that was revoked meanwhile', async () => {
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    await admin(server, 'delete', stage.connectionPath).expect(204);
    await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' }).expect(400);
    await stage.inBrowser().expect(422);
  });

  it('gives the access to another org than the plugin’s back, and keeps nothing of it', async () => {
    await authorizedToken(server, stage.scene);
    salesforce.organizationId = '00D000000000002EAA';
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    const answer = await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('00D000000000002EAA');
    expect(salesforce.revoked).toHaveLength(1);
    expect((await stage.page()).authorization).toBeNull();
  });

  it('binds the connection, so that the plugin of another org is refused', async () => {
    salesforce.organizationId = '00D000000000002EAA';
    await authorizeInBrowser(server, stage.scene.connectionId, salesforce.url);
    expect((await stage.page()).organizationId).toBe('00D000000000002EAA');
    await expect(authorizedToken(server, stage.scene)).rejects.toThrow();
  });

  it('says on the page what Salesforce refused, and lets nothing of it become markup', async () => {
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    const answer = await comeBack(server, {
      error: 'access_denied',
      error_description: '<script>alert("end-user denied")</script>',
      state: address.searchParams.get('state') ?? '',
    }).expect(400);
    expect(answer.text).toContain('did not allow the access');
    expect(answer.text).not.toContain('<script>');
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  });

  it.each([
    [
      { error: 'invalid_grant', error_description: 'invalid authorization code' },
      /Start the authorization again/,
    ],
    [{ error: 'invalid_grant', error_description: 'invalid code verifier' }, /Start the authorization again/],
    [
      { error: 'redirect_uri_mismatch', error_description: 'must match configuration' },
      /callback address is not among/,
    ],
    [{ error: 'invalid_client', error_description: 'invalid client credentials' }, /client id or secret/],
    [
      { error: 'OAUTH_APP_ACCESS_DENIED', error_description: 'app must be installed into org' },
      /not approved in the org/,
    ],
  ])('explains %j', async (refusal, explanation) => {
    salesforce.script(TOKEN, { status: 400, json: refusal });
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    const answer = await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(explanation);
    expect((await stage.page()).authorization).toBeNull();
  });

  it('wants a refresh token, since an authorization has to last', async () => {
    salesforce.script(TOKEN, (asked) => {
      const { json } = salesforce.usual(asked) as { json: Record<string, unknown> };
      return { json: { ...json, refresh_token: undefined } };
    });
    const address = await beginInBrowser(server, stage.scene.connectionId, salesforce.url);
    const answer = await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' });
    expect([answer.status, answer.text.includes('refresh_token, offline_access')]).toEqual([422, true]);
  });

  it('needs an app, of the server or of the connection', async () => {
    const without = await startTestServer(null, { salesforceOrigins: [salesforce.url] });
    const its = await createScene(without);
    const answer = await admin(
      without,
      'post',
      `/v1/admin/connections/${its.connectionId}/authorizations/web-server`,
    )
      .send({ login: 'sandbox' })
      .expect(422);
    expect(answer.body).toMatchObject({ code: 'no-client-app' });
    await without.close();
  });
});
