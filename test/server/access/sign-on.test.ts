import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, routesOf } from '../../../server/src/app.ts';
import { createAccount, PASSWORD } from '../support/accounts.ts';
import type { Person } from '../support/identity-provider.ts';
import {
  beginSignOn,
  comeBack,
  signOn,
  startSignOnStage,
  whoIs,
  type SignOnStage,
} from '../support/sign-on.ts';
import { addUser, linkToken, sendLink, useLink } from '../support/password-links.ts';
import { ADMIN, admin, type TestServer } from '../support/test-server.ts';

let made = 0;

/** Somebody whom the provider has never seen before. */
function newPerson(domain: string, changes: Partial<Person> = {}): Person & { readonly email: string } {
  made += 1;
  return {
    subject: `subject-${made}`,
    email_verified: true,
    name: `Person ${made}`,
    ...changes,
    email: changes.email ?? `person-${made}@${domain}`,
  };
}

describe('signing in by an identity provider', () => {
  let stage: SignOnStage;
  beforeAll(async () => {
    stage = await startSignOnStage();
  });
  afterAll(() => stage.close());

  const invite = async (email: string, more: object = {}): Promise<string> =>
    (await addUser(stage.server, ADMIN, email, more)).id;
  const userOf = async (id: string): Promise<unknown> => {
    const answer = await admin(stage.server, 'get', '/v1/admin/users').expect(200);
    return (answer.body as { users: { id: string }[] }).users.find((user) => user.id === id);
  };
  const refusedFor = (reason: string): unknown => ({ place: `/console#/?refused=${reason}`, session: null });

  it('makes a user of whoever comes from a domain of the company, with the role of the domain', async () => {
    const person = newPerson('company.example');
    const { place, session } = await signOn(stage, person);
    expect(place).toBe('/console');
    expect(await whoIs(stage.server, session)).toMatchObject({
      email: person.email,
      role: 'marketer',
      account: 'default',
    });
    const log = await admin(stage.server, 'get', '/v1/admin/audit-events?limit=2').expect(200);
    expect(log.body).toMatchObject({
      events: [
        { action: 'user.sign-on-connected', detail: { issuer: stage.provider.issuer } },
        { action: 'user.created', detail: { email: person.email, by: 'domain' } },
      ],
    });
  });

  it('leads back to where somebody was, in the console and nowhere else', async () => {
    const person = newPerson('company.example');
    const { address, cookie } = await beginSignOn(stage.server, { returnTo: '#/projects/DEMO?tab=fields' });
    const { place } = await comeBack(stage.server, await stage.provider.visit(address, person), cookie);
    expect(place).toBe('/console#/projects/DEMO?tab=fields');
    for (const returnTo of ['https://evil.example', '//evil.example', '#/x\r\ny', '@evil.example'])
      await expect(beginSignOn(stage.server, { returnTo })).rejects.toThrow('expected 200 "OK", got 400');
  });

  it('lets in whoever was invited, as what they were invited for, and knows them when their address has changed', async () => {
    const person = newPerson('elsewhere.example');
    const id = await invite(person.email, { role: 'administrator' });
    expect(await userOf(id)).toMatchObject({ isInvited: true, hasSignOn: false });
    const first = await signOn(stage, person);
    expect(await whoIs(stage.server, first.session)).toMatchObject({
      email: person.email,
      role: 'administrator',
    });
    expect(await userOf(id)).toMatchObject({ isInvited: false, hasSignOn: true });
    const { session } = await signOn(stage, { ...person, email: 'married@elsewhere.example' });
    expect(await whoIs(stage.server, session)).toMatchObject({ email: person.email });
  });

  it('refuses whoever was not invited, and an address that was not verified', async () => {
    expect(await signOn(stage, newPerson('elsewhere.example'))).toEqual(refusedFor('not-invited'));
    for (const email_verified of [false, undefined])
      expect(await signOn(stage, { ...newPerson('company.example'), email_verified })).toEqual(
        refusedFor('unverified'),
      );
    const invited = newPerson('elsewhere.example', { email_verified: false });
    await invite(invited.email);
    expect(await signOn(stage, invited)).toEqual(refusedFor('unverified'));
  });

  it('takes over nobody who has a password, unless the company says that the provider speaks for the domain', async () => {
    const stranger = newPerson('elsewhere.example');
    await invite(stranger.email, { password: PASSWORD });
    expect(await signOn(stage, stranger)).toEqual(refusedFor('has-password'));
    const colleague = newPerson('company.example');
    await invite(colleague.email, { password: PASSWORD, role: 'owner' });
    const { session } = await signOn(stage, colleague);
    expect(await whoIs(stage.server, session)).toMatchObject({ email: colleague.email, role: 'owner' });
  });

  it('takes over nobody whom the provider knows by another name, until an owner has it forget them', async () => {
    const person = newPerson('company.example');
    await signOn(stage, person);
    const again = { ...person, subject: 'somebody else' };
    expect(await signOn(stage, again)).toEqual(refusedFor('other-identity'));
    const list = await admin(stage.server, 'get', '/v1/admin/users').expect(200);
    const id = (list.body as { users: { id: string; email: string }[] }).users.find(
      ({ email }) => email === person.email,
    )?.id;
    await admin(stage.server, 'delete', `/v1/admin/users/${id ?? ''}/sign-on`).expect(204);
    const { session } = await signOn(stage, again);
    expect(await whoIs(stage.server, session)).toMatchObject({ email: person.email });
    expect(await signOn(stage, person)).toEqual(refusedFor('other-identity'));
  });

  it('reaches no user of another account, whatever their address is', async () => {
    const account = await createAccount(stage.server);
    const person = newPerson('company.example', { email: account.email });
    expect(await signOn(stage, person)).toEqual(refusedFor('not-invited'));
    const invited = newPerson('company.example');
    await admin(stage.server, 'post', '/v1/admin/users', account.token)
      .send({ email: invited.email, name: 'Ann', role: 'viewer' })
      .expect(201);
    expect(await signOn(stage, invited)).toEqual(refusedFor('not-invited'));
  });

  it('refuses whoever is disabled, before they came and after', async () => {
    const person = newPerson('company.example');
    const id = await invite(person.email);
    await admin(stage.server, 'patch', `/v1/admin/users/${id}`).send({ isDisabled: true }).expect(200);
    expect(await signOn(stage, person)).toEqual(refusedFor('disabled'));
    await admin(stage.server, 'patch', `/v1/admin/users/${id}`).send({ isDisabled: false }).expect(200);
    const { session } = await signOn(stage, person);
    await admin(stage.server, 'patch', `/v1/admin/users/${id}`).send({ isDisabled: true }).expect(200);
    expect(await whoIs(stage.server, session)).toBeNull();
    expect(await signOn(stage, person)).toEqual(refusedFor('disabled'));
  });

  it('says so when somebody declines at the provider', async () => {
    expect(await signOn(stage, null)).toEqual(refusedFor('declined'));
  });
});

describe('passwords beside an identity provider', () => {
  const signIn = (server: TestServer, email: string): request.Test =>
    request(server.app).post('/console/session').send({ email, password: PASSWORD });
  const marketer = { name: 'Ann', role: 'marketer', password: PASSWORD };

  it('may be left to owners', async () => {
    const stage = await startSignOnStage({ passwords: 'owners' });
    try {
      const { server } = stage;
      const account = await createAccount(server);
      const email = 'ann@elsewhere.example';
      await addUser(server, account.token, email, marketer);
      await signIn(server, account.email).expect(200);
      expect((await signIn(server, email).expect(401)).body).toMatchObject({ code: 'wrong-password' });
      await request(server.app).post('/v1/sessions').send({ email, password: PASSWORD }).expect(401);
      const invited = await addUser(server, account.token, 'bob@elsewhere.example');
      expect(invited).toMatchObject({ link: 'http://di.example.com/console' });
      const owner = await addUser(server, account.token, 'eve@elsewhere.example', { role: 'owner' });
      expect(owner.link).toContain('#/choose-password/');
    } finally {
      await stage.close();
    }
  });

  it('may be turned off: nobody uses, changes or chooses one', async () => {
    const stage = await startSignOnStage();
    const person = newPerson('company.example');
    const { id, link } = await addUser(stage.server, ADMIN, person.email);
    const { services } = stage.server;
    const off = { ...services, config: { ...services.config, passwords: 'nobody' as const } };
    const server = { ...stage.server, app: createApp(off, routesOf(off), pino({ level: 'silent' })) };
    try {
      expect((await signIn(server, person.email).expect(403)).body).toMatchObject({ code: 'passwords-off' });
      await useLink(server, linkToken(link), 'a password of their own').expect(403);
      const { session } = await signOn({ ...stage, server }, person);
      const shown = await request(server.app)
        .get('/console/session')
        .set('Cookie', session ?? '')
        .expect(200);
      expect(shown.body).toMatchObject({
        user: { email: person.email },
        signOn: 'Company',
        passwords: 'nobody',
      });
      await request(server.app)
        .put('/v1/sessions/current/password')
        .set('Cookie', session ?? '')
        .set('X-CSRF-Token', (shown.body as { proof: string }).proof)
        .send({ oldPassword: PASSWORD, newPassword: 'a password of their own' })
        .expect(403);
      expect((await sendLink(server, ADMIN, id).expect(200)).body).toMatchObject({
        link: 'http://di.example.com/console',
      });
    } finally {
      await stage.close();
    }
  });
});
