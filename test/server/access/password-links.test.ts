import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PasswordLinks } from '../../../server/src/access/password-links.ts';
import { housekeeping } from '../../../server/src/operations/housekeeping.ts';
import { as, createAccount, PASSWORD, signIn, type Account } from '../support/accounts.ts';
import type { MailServer } from '../support/mail-server.ts';
import {
  addUser,
  linkToken,
  readLink,
  sendLink,
  startMailingServer,
  useLink,
  type MadeLink,
} from '../support/password-links.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/test-server.ts';

const NEW = 'a password of their own';
let made = 0;
const newAddress = (): string => `person-${++made}@example.com`;

const use = (server: TestServer, token: string, password = NEW): request.Test =>
  useLink(server, token, password);

describe('without a mail server, a link to choose a password', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  const tryToSignIn = (email: string, password: string): request.Test =>
    request(server.app).post('/v1/sessions').send({ email, password });

  it('is given to whoever invites, and lets the invited in with a password of their own, once', async () => {
    const email = newAddress();
    const { link, message } = await addUser(server, account.token, email);
    expect([link, message]).toEqual([
      expect.stringMatching(/^http:\/\/di\.example\.com\/console#\/choose-password\/dip_/),
      null,
    ]);
    await tryToSignIn(email, '').expect(401);
    const token = linkToken(link);
    expect((await readLink(server, token).expect(200)).body).toEqual({ email, name: 'Ann' });
    expect((await use(server, token, 'short').expect(400)).body).toMatchObject({ code: 'invalid-body' });
    await use(server, token).expect(200);
    await signIn(server, email, NEW);
    expect((await use(server, token, 'another password').expect(422)).body).toMatchObject({
      code: 'wrong-password-link',
    });
    await signIn(server, email, NEW);
  });

  it('is used by one of two who use it at the same moment', async () => {
    const { link } = await addUser(server, account.token, newAddress());
    const answers = await Promise.all(
      [`${NEW} 1`, `${NEW} 2`].map((password) => use(server, linkToken(link), password)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('shows who is invited, and makes way for the next one', async () => {
    const email = newAddress();
    const { id, link } = await addUser(server, account.token, email);
    const answer = await sendLink(server, account.token, id).expect(200);
    await use(server, linkToken(link)).expect(422);
    const isInvited = async (): Promise<unknown> => {
      const answer = await as(server, account.token, 'get', '/v1/admin/users').expect(200);
      return (answer.body as { users: { id: string; isInvited: boolean }[] }).users.find(
        (user) => user.id === id,
      )?.isInvited;
    };
    expect(await isInvited()).toBe(true);
    await use(server, linkToken((answer.body as MadeLink).link)).expect(200);
    expect(await isInvited()).toBe(false);
  });

  it('of somebody who has a password leaves it as it is until it is used, then ends every session', async () => {
    const email = newAddress();
    const { id } = await addUser(server, account.token, email, { password: PASSWORD });
    const session = await signIn(server, email);
    const answer = await sendLink(server, account.token, id).expect(200);
    await signIn(server, email);
    await use(server, linkToken((answer.body as MadeLink).link)).expect(200);
    await as(server, session, 'get', '/v1/sessions').expect(401);
    await tryToSignIn(email, PASSWORD).expect(401);
    const audit = await as(server, account.token, 'get', '/v1/admin/audit-events').expect(200);
    expect(
      (audit.body as { events: { action: string; subject: string; detail: object }[] }).events[0],
    ).toEqual(
      expect.objectContaining({ action: 'user.password-changed', subject: id, detail: { by: 'link' } }),
    );
  });

  it.each([
    ['the user is disabled', { isDisabled: true }],
    ['another one sets their password', { password: `${PASSWORD}!` }],
  ])('ends when %s', async (_what, change) => {
    const { id, link } = await addUser(server, account.token, newAddress());
    await as(server, account.token, 'patch', `/v1/admin/users/${id}`).send(change).expect(200);
    await readLink(server, linkToken(link)).expect(422);
    await use(server, linkToken(link)).expect(422);
  });

  it('ends with its time, and is forgotten', async () => {
    const { id, link } = await addUser(server, account.token, newAddress());
    const links = server.database.knex('di.password_link').where({ user_id: id });
    await links.clone().update({ expires_at: server.database.knex.raw("now() - interval '1 second'") });
    await use(server, linkToken(link)).expect(422);
    const { services, config, database } = server;
    expect(
      (await housekeeping({ ...services, config, database }).run(new AbortController().signal)).passwordLinks,
    ).toBeGreaterThan(0);
    expect(await links.clone().select('user_id')).toEqual([]);
  });

  it('makes no owner that an account can be left to before they have come', async () => {
    const other = await createAccount(server);
    await addUser(server, other.token, newAddress(), { role: 'owner' });
    const answer = await as(server, other.token, 'patch', `/v1/admin/users/${other.ownerId}`)
      .send({ role: 'viewer' })
      .expect(422);
    expect(answer.body).toMatchObject({ code: 'last-owner' });
  });

  it('cannot be guessed at: whoever tries too many is kept out for a while', async () => {
    const statuses = new Set<number>();
    for (let tries = 0; tries < 40; tries++) statuses.add((await readLink(server, `dip_${tries}`)).status);
    expect([...statuses]).toEqual([422, 429]);
  });
});

describe('with a mail server, a link to choose a password', () => {
  let server: TestServer;
  let account: Account;
  let mail: MailServer;
  beforeAll(async () => {
    ({ server, mail } = await startMailingServer());
    account = await createAccount(server);
  });
  afterAll(async () => {
    await server.close();
    await mail.stop();
  });
  beforeEach(() => mail.mails.splice(0));

  const forget = (email: string, from = '203.0.113.1', language = 'en'): request.Test =>
    request(server.app).post('/v1/password-resets').set('X-Forwarded-For', from).send({ email, language });

  it('is mailed to whoever is invited, and shown to nobody else', async () => {
    const email = newAddress();
    expect(await addUser(server, account.token, email, { language: 'fr' })).toMatchObject({
      link: null,
      message: null,
    });
    expect(mail.mails).toEqual([{ to: [email], text: expect.stringContaining('Bonjour Ann') as string }]);
    await use(server, linkToken(mail.mails[0]?.text)).expect(200);
    await signIn(server, email, NEW);
  });

  it('is shown to whoever invites where the mail is refused, with the reason', async () => {
    const email = newAddress();
    mail.refusals.set(email, 550);
    const { link, message } = await addUser(server, account.token, email);
    expect(message).toMatch(/^The mail did not go out: The mail server: .*550/);
    await use(server, linkToken(link)).expect(200);
  });

  it('is mailed to whoever has forgotten theirs; who has no access is told the same, and gets nothing', async () => {
    const email = newAddress();
    await addUser(server, account.token, email, { password: PASSWORD });
    const answers = [await forget(email.toUpperCase()), await forget('stranger@example.com')];
    expect(answers.map(({ status, body }) => [status, body as object])).toEqual([
      [202, {}],
      [202, {}],
    ]);
    await expect.poll(() => mail.mails.length).toBe(1);
    await use(server, linkToken(mail.mails[0]?.text)).expect(200);
    await signIn(server, email, NEW);
    expect(mail.mails.map(({ to }) => to)).toEqual([[email]]);
  });

  it('is not asked for without end, of one who is there as of one who is not', async () => {
    for (const email of [account.email, 'stranger2@example.com']) {
      for (let asked = 0; asked < 5; asked++) await forget(email, '203.0.113.2').expect(202);
      await forget(email, '203.0.113.2').expect(429);
    }
    await expect.poll(() => mail.mails.length).toBe(5);
    // Each ends the one before.
    const links = new PasswordLinks(server.database.knex);
    const found = await Promise.all(mail.mails.map(({ text }) => links.find(linkToken(text))));
    expect(found.filter((user) => user !== null)).toHaveLength(1);
  });
});

describe('a password of one’s own that is changed', () => {
  it('is told of by mail, in the language of whoever changed it; a wrong old one is not', async () => {
    const { server, mail } = await startMailingServer();
    try {
      const account = await createAccount(server);
      const change = (oldPassword: string): request.Test =>
        as(server, account.token, 'put', '/v1/sessions/current/password').send({
          oldPassword,
          newPassword: NEW,
          language: 'fr',
        });
      await change('a wrong one').expect(422);
      await change(PASSWORD).expect(204);
      await expect.poll(() => mail.mails.length).toBe(1);
      expect(mail.mails[0]).toEqual({
        to: [account.email],
        text: expect.stringContaining('votre mot de passe a été modifié') as string,
      });
      expect(mail.mails[0]?.text).not.toContain(NEW);
    } finally {
      await server.close();
      await mail.stop();
    }
  });
});

describe('a new installation', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('says that it is one until the operator has made the first owner', async () => {
    const isNew = async (): Promise<unknown> =>
      ((await request(server.app).get('/console/session').expect(200)).body as { isNew: boolean }).isNew;
    expect(await isNew()).toBe(true);
    await addUser(server, ADMIN, newAddress(), { role: 'owner', password: PASSWORD });
    expect(await isNew()).toBe(false);
  });
});

describe('sessions of a user', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  it('are listed with what names itself, and ended one by one; those of others are not there', async () => {
    const other = await request(server.app)
      .post('/v1/sessions')
      .set('User-Agent', 'Firefox/140.0')
      .send({ email: account.email, password: PASSWORD })
      .expect(201);
    const { token } = other.body as { token: string };
    const list = async (bearer: string): Promise<{ id: string; browser: string; isCurrent: boolean }[]> =>
      (
        (await as(server, bearer, 'get', '/v1/sessions').expect(200)).body as {
          sessions: { id: string; browser: string; isCurrent: boolean }[];
        }
      ).sessions;
    const [newest, first] = await list(account.token);
    expect([newest?.browser, newest?.isCurrent, first?.isCurrent]).toEqual(['Firefox/140.0', false, true]);
    const stranger = await createAccount(server);
    expect(await list(stranger.token)).toHaveLength(1);
    const path = `/v1/sessions/${newest?.id ?? ''}`;
    await as(server, stranger.token, 'delete', path).expect(404);
    await as(server, account.token, 'delete', path).expect(204);
    await as(server, token, 'get', '/v1/sessions').expect(401);
    expect(await list(account.token)).toHaveLength(1);
  });
});
