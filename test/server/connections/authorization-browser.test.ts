import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, createAccount, createKey, PASSWORD, type Account } from '../support/accounts.ts';
import { startAuthorizationStage, TOKEN, type AuthorizationStage } from '../support/authorization-stage.ts';
import { Browser } from '../support/browser.ts';
import { beginInBrowser } from '../support/salesforce.ts';
import { createScene, type Scene, type TestServer } from '../support/test-server.ts';

/** Who begins an authorization, and in which browser, is who completes it. (RFC 6749, 10.12; RFC 9700, 4.7) */
describe('an authorization in the browser', () => {
  let stage: AuthorizationStage;
  let server: TestServer;
  let account: Account;
  let scene: Scene;
  beforeAll(async () => {
    stage = await startAuthorizationStage();
    ({ server } = stage);
  });
  beforeEach(async () => {
    await stage.set();
    account = await createAccount(server);
    scene = await createScene(server, account.token);
  });
  afterAll(() => stage.close());

  const begin = (token = account.token): Promise<string> =>
    beginInBrowser(server, scene.connectionId, stage.salesforce.url, { token }).then(
      (address) => address.href,
    );
  const formOf = (page: string): Record<string, string> =>
    Object.fromEntries(
      [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
  const isAuthorized = async (): Promise<boolean> => {
    const page = await as(server, account.token, 'get', `/v1/admin/connections/${scene.connectionId}`);
    return (page.body as { authorization: unknown }).authorization !== null;
  };
  /** What Salesforce sends a browser back with, that it was led to by this address. */
  const returnOf = (location: string): string => {
    const asked = new URL(location).searchParams;
    return `/oauth/salesforce/callback?${new URLSearchParams({ code: 'code', state: asked.get('state') ?? '' }).toString()}`;
  };

  it('leads whoever began it, and is signed in, to Salesforce at once, and back', async () => {
    const browser = new Browser(server);
    await browser.signIn(account.email, PASSWORD);
    const start = await browser.open(await begin());
    expect(start.status).toBe(303);
    const location = start.headers.location ?? '';
    expect(new URL(location).origin).toBe(stage.salesforce.url);
    expect(new URL(location).searchParams.get('prompt')).toBe('login consent');
    const back = await browser.open(returnOf(location));
    expect([back.status, await isAuthorized()]).toEqual([200, true]);
    // Spent.
    expect((await browser.open(returnOf(location))).status).toBe(400);
  });

  it('tells anybody else who asks for what, and goes on where they agree', async () => {
    const browser = new Browser(server);
    const address = await begin();
    const start = await browser.open(address);
    expect(start.status).toBe(200);
    for (const told of [account.email, 'project Test', 'connection Org', stage.salesforce.url])
      expect(start.text).toContain(told);
    expect(start.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    const goesOn = await browser.submit(address, formOf(start.text));
    expect(goesOn.status).toBe(303);
    const back = await browser.open(returnOf(goesOn.headers.location ?? ''));
    expect([back.status, await isAuthorized()]).toEqual([200, true]);
  });

  it('names the program that asks, and lets nothing of a name become markup', async () => {
    const key = await createKey(server, account.token, ['connections:write', 'connections:read']);
    await as(server, account.token, 'patch', `/v1/admin/connections/${scene.connectionId}`)
      .send({ name: '<script>alert(1)</script>' })
      .expect(200);
    const start = await new Browser(server).open(await begin(key));
    expect(start.text).toContain('The program Key');
    expect(start.text).not.toContain('<script>');
  });

  it('is not completed by a browser that was sent on to Salesforce by somebody else, whatever was cut out of the address', async () => {
    const attacker = new Browser(server);
    await attacker.signIn(account.email, PASSWORD);
    const location = new URL((await attacker.open(await begin())).headers.location ?? '');
    location.searchParams.delete('prompt');
    const victims = [new Browser(server), new Browser(server), new Browser(server)];
    const [signedIn, known] = victims;
    const other = await createAccount(server);
    await signedIn?.signIn(other.email, PASSWORD);
    // One that has agreed to something else before.
    const elsewhere = await createScene(server, other.token);
    await known?.open(
      (await beginInBrowser(server, elsewhere.connectionId, stage.salesforce.url, { token: other.token }))
        .href,
    );
    for (const victim of victims) {
      const back = await victim.open(returnOf(location.href));
      expect(back.status).toBe(400);
      expect(back.text).toContain('in this browser');
    }
    expect([await isAuthorized(), stage.salesforce.requestsOf(TOKEN).length]).toEqual([false, 0]);
    // It is not spent by them.
    expect((await attacker.open(returnOf(location.href))).status).toBe(200);
  });

  it('is not begun for somebody by another page, or without what the page before has told', async () => {
    const browser = new Browser(server);
    const address = await begin();
    const form = formOf((await browser.open(address)).text);
    const other = formOf((await browser.open(await begin())).text);
    for (const refused of [
      await browser.submit(address, form, { 'Sec-Fetch-Site': 'cross-site' }),
      await browser.submit(address, { state: form.state ?? '' }),
      await browser.submit(address, { ...form, proof: other.proof ?? '' }),
      await new Browser(server).submit(address, form),
      await browser.submit(address, { ...form, state: 'x' }),
    ])
      expect([refused.status, refused.headers.location]).toEqual([400, undefined]);
    expect((await browser.submit(address, form)).status).toBe(303);
  });

  it('asks a user of another account, though they are signed in', async () => {
    const other = await createAccount(server);
    const browser = new Browser(server);
    await browser.signIn(other.email, PASSWORD);
    expect((await browser.open(await begin())).status).toBe(200);
  });

  it('is of the browser that agreed last', async () => {
    const [one, two] = [new Browser(server), new Browser(server)];
    const address = await begin();
    const first = await one.submit(address, formOf((await one.open(address)).text));
    const second = await two.submit(address, formOf((await two.open(address)).text));
    expect((await one.open(returnOf(first.headers.location ?? ''))).status).toBe(400);
    expect((await two.open(returnOf(second.headers.location ?? ''))).status).toBe(200);
  });

  it('says so where there is nothing to begin', async () => {
    const browser = new Browser(server);
    const address = await begin();
    await server.database.knex.raw(
      "UPDATE di.authorization_request SET expires_at = now() - interval '1 second'",
    );
    for (const gone of [address, '/oauth/salesforce/start?state=x']) {
      const answer = await browser.open(gone);
      expect([answer.status, answer.text.includes('Start the authorization again')]).toEqual([400, true]);
    }
  });

  it('leads to Salesforce at once where the operator began it', async () => {
    const address = await beginInBrowser(server, stage.scene.connectionId, stage.salesforce.url);
    expect(address.origin).toBe(stage.salesforce.url);
    expect((await new Browser(server).open(returnOf(address.href))).status).toBe(200);
  });
});
