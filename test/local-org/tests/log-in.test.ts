import { createHash, generateKeyPairSync } from 'node:crypto';
import jsforce from 'jsforce';
import jwt from 'jsonwebtoken';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../rest/server.ts';
import { defaultSettings } from '../rest/settings.ts';

/** Ways into the org, and ways of being put out of it. */
describe('logging in to the local org', { timeout: 60_000 }, () => {
  let server: OrgServer;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/rest-fixture'] }));
  });
  afterAll(() => server.close());
  afterEach(() => {
    server.host.change(defaultSettings());
  });

  const logIn = async (password: string = LOGIN.password, userName: string = LOGIN.userName) => {
    const connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login(userName, password);
    return connection;
  };
  const ask = async (path: string, form: Record<string, string>): Promise<Record<string, string>> => {
    const body = new URLSearchParams({ client_id: LOGIN.clientId, ...form });
    const answer = await fetch(`${server.url}/services/oauth2/${path}`, { method: 'POST', body });
    const text = await answer.text();
    return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
  };
  const redirect = 'http://localhost/callback';
  const authorize = (more: Record<string, string> = {}): Promise<Response> => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: LOGIN.clientId,
      redirect_uri: redirect,
      state: 's',
      ...more,
    });
    return fetch(`${server.url}/services/oauth2/authorize?${query.toString()}`, { redirect: 'manual' });
  };
  const authorized = async (): Promise<Record<string, string>> => {
    const consent = await authorize();
    const code = new URL(consent.headers.get('location') ?? '').searchParams.get('code') ?? '';
    return ask('token', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      client_secret: LOGIN.clientSecret,
    });
  };
  const reads = async (token: string): Promise<number> =>
    (
      await fetch(`${server.url}/services/data/v65.0/sobjects`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;

  it('takes the security token after the password where the org asks for one', async () => {
    server.host.change({ securityToken: 'a1B2' });
    await expect(logIn()).rejects.toThrow('LOGIN_MUST_USE_SECURITY_TOKEN');
    await expect(logIn('localwrong')).rejects.toThrow('LOGIN_MUST_USE_SECURITY_TOKEN');
    await expect(logIn('nothing')).rejects.toThrow('INVALID_LOGIN');
    expect((await logIn('locala1B2')).userInfo).toMatchObject({
      organizationId: server.host.org.organization.id,
    });
    const form = { grant_type: 'password', username: LOGIN.userName, client_secret: LOGIN.clientSecret };
    expect(await ask('token', { ...form, password: 'locala1B2' })).toHaveProperty('access_token');
    expect(await ask('token', { ...form, password: 'local' })).toMatchObject({ error: 'invalid_grant' });
  });

  it('says in the answer to a log-in, and of itself, whether it is a sandbox', async () => {
    server.host.change({ isSandbox: true });
    const body = `<Envelope><Body><login><username>${LOGIN.userName}</username><password>${LOGIN.password}</password></login></Body></Envelope>`;
    const answer = await fetch(`${server.url}/services/Soap/u/65.0`, { method: 'POST', body });
    expect(await answer.text()).toContain('<sandbox>true</sandbox>');
    const org = await (await logIn()).query<{ IsSandbox: boolean }>('SELECT IsSandbox FROM Organization');
    expect(org.records[0]?.IsSandbox).toBe(true);
  });

  it('tells a SOAP client who is logged in', async () => {
    const connection = await logIn();
    expect(await connection.soap.getUserInfo()).toMatchObject({
      userName: LOGIN.userName,
      organizationName: 'Local Org',
    });
    expect(await connection.identity()).toMatchObject({ username: LOGIN.userName });
  });

  it('refuses an app that is not installed, at the page and at the token endpoint', async () => {
    const [known] = server.host.settings.apps;
    if (known) server.host.change({ apps: [{ ...known, isInstalled: false }] });
    const page = await authorize();
    expect(page.headers.get('location')).toContain(
      'error=invalid_client&error_description=app+must+be+installed+into+org',
    );
    expect(await ask('token', { grant_type: 'client_credentials' })).toEqual({
      error: 'invalid_client',
      error_description: 'app must be installed into org',
    });
    expect(await ask('token', { grant_type: 'client_credentials', client_id: 'nobody' })).toMatchObject({
      error: 'invalid_client_id',
    });
  });

  it('sends a person who refuses back without a code, and one who is asked to a page', async () => {
    server.host.change({ consent: 'refuse' });
    const refused = new URL((await authorize()).headers.get('location') ?? '');
    expect(Object.fromEntries(refused.searchParams)).toMatchObject({ error: 'access_denied', state: 's' });
    server.host.change({ consent: 'ask' });
    const page = await authorize({ state: '"><script>' });
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain('<script>');
    const allowed = new URL((await authorize({ local_consent: 'allow' })).headers.get('location') ?? '');
    expect(allowed.searchParams.get('code')).not.toBeNull();
  });

  it('redeems a code once, with the secret, and only with the verifier it was asked for with', async () => {
    const challenge = createHash('sha256').update('the verifier').digest('base64url');
    const back = new URL((await authorize({ code_challenge: challenge })).headers.get('location') ?? '');
    const form = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: redirect,
    };
    expect(await ask('token', { ...form, client_secret: 'wrong' })).toMatchObject({
      error: 'invalid_client',
    });
    expect(await ask('token', { ...form, code_verifier: 'the verifier' })).toHaveProperty('refresh_token');
    expect(await ask('token', { ...form, code_verifier: 'the verifier' })).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('keeps a refresh token where it does not rotate, and kills the old one where it does', async () => {
    const refresh = (token: string) => ask('token', { grant_type: 'refresh_token', refresh_token: token });
    server.host.change({ rotatesRefreshTokens: false });
    const first = await authorized();
    expect(await refresh(first.refresh_token ?? '')).not.toHaveProperty('refresh_token');
    expect(await refresh(first.refresh_token ?? '')).toHaveProperty('access_token');
    server.host.change({ rotatesRefreshTokens: true });
    expect(await refresh(first.refresh_token ?? '')).toHaveProperty('refresh_token');
    expect(await refresh(first.refresh_token ?? '')).toEqual({
      error: 'invalid_grant',
      error_description: 'expired access/refresh token',
    });
  });

  it('ends the access tokens of a refresh token that is revoked, and knows which are active', async () => {
    const { access_token: access = '', refresh_token: refresh = '' } = await authorized();
    const introspect = () => ask('introspect', { token: access, client_secret: LOGIN.clientSecret });
    expect(await introspect()).toMatchObject({ active: true, username: LOGIN.userName });
    expect(await reads(access)).toBe(200);
    await ask('revoke', { token: refresh });
    expect(await reads(access)).toBe(401);
    expect(await introspect()).toEqual({ active: false });
    expect(await ask('revoke', { token: refresh })).toMatchObject({ error: 'invalid_token' });
  });

  it('ends sessions on demand, and refreshes them for who may', async () => {
    const { access_token: access = '', refresh_token: refresh = '' } = await authorized();
    await fetch(`${server.url}/local/sessions/expire`, { method: 'POST' });
    expect(await reads(access)).toBe(401);
    const again = await ask('token', { grant_type: 'refresh_token', refresh_token: refresh });
    expect(await reads(again.access_token ?? '')).toBe(200);
    await fetch(`${server.url}/local/authorizations/revoke`, { method: 'POST' });
    expect(await reads(again.access_token ?? '')).toBe(401);
  });

  it('holds a JWT against the public key of its app', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const [known] = server.host.settings.apps;
    if (known) server.host.change({ apps: [{ ...known, publicKey }] });
    const bearer = (key: string, subject: string) =>
      ask('token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: jwt.sign({}, key, {
          algorithm: 'RS256',
          issuer: LOGIN.clientId,
          audience: server.url,
          subject,
          expiresIn: 60,
        }),
      });
    expect(await bearer(privateKey, LOGIN.userName)).toHaveProperty('access_token');
    expect(await bearer(other.privateKey, LOGIN.userName)).toMatchObject({ error: 'invalid_grant' });
    expect(await bearer(privateKey, 'nobody@local.org')).toMatchObject({
      error_description: "user hasn't approved this consumer",
    });
  });

  it('lets other users in by a password that was set for them', async () => {
    const admin = await logIn();
    const profile = await admin.query<{ Id: string }>(
      "SELECT Id FROM Profile WHERE Name = 'Minimum Access - Salesforce'",
    );
    const user = await admin.sobject('User').create({
      LastName: 'Sync',
      Username: 'sync@local.org',
      Email: 'sync@example.com',
      Alias: 'sync',
      ProfileId: profile.records[0]?.Id ?? '',
      IsActive: true,
      TimeZoneSidKey: 'GMT',
      LocaleSidKey: 'en_US',
      EmailEncodingKey: 'UTF-8',
      LanguageLocaleKey: 'en_US',
    });
    await admin.request({
      method: 'POST',
      url: `/sobjects/User/${user.id ?? ''}/password`,
      body: JSON.stringify({ NewPassword: 'secret' }),
      headers: { 'content-type': 'application/json' },
    });
    const sync = await logIn('secret', 'sync@local.org');
    expect(sync.userInfo?.id).toBe(user.id);
    await expect(sync.query('SELECT Id FROM Contact')).rejects.toMatchObject({ errorCode: 'INVALID_TYPE' });
  });

  it('answers API_DISABLED_FOR_ORG where the API is off, for all or for one user', async () => {
    const connection = await logIn();
    const refused = { errorCode: 'API_DISABLED_FOR_ORG' };
    server.host.change({ isApiEnabled: false });
    await expect(connection.query('SELECT Id FROM Contact')).rejects.toMatchObject(refused);
    server.host.change({ isApiEnabled: true, usersWithoutApi: [LOGIN.userName] });
    await expect(connection.query('SELECT Id FROM Contact')).rejects.toMatchObject(refused);
    server.host.change({ usersWithoutApi: [] });
    expect((await connection.query('SELECT Id FROM Contact')).totalSize).toBe(0);
  });
});
