import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, createAccount, PASSWORD, signIn, type Account } from '../support/accounts.ts';
import type { MailServer } from '../support/mail-server.ts';
import {
  addUser,
  askForLink,
  linkToken,
  readLink,
  sendLink,
  startMailingServer,
  useLink,
  type MadeLink,
} from '../support/password-links.ts';
import { isEmbeddedRun } from '../support/postgres.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const NEW = 'a password of their own';
let made = 0;

async function newUser(
  server: TestServer,
  account: Account,
  more: object = {},
): Promise<MadeLink & { readonly email: string }> {
  const email = `kept-${++made}@example.com`;
  return { ...(await addUser(server, account.token, email, { role: 'viewer', ...more })), email };
}

describe.skipIf(isEmbeddedRun())('what ends access while somebody comes in', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  /** Changes a user in a transaction that is open until the call waits for it; answers the call's status. */
  async function meanwhile(id: string, call: request.Test, change: object): Promise<number> {
    const { knex, pool } = server.database;
    const transaction = await knex.transaction();
    try {
      await transaction('di.user').where({ id }).update(change);
      const answer = call.then(({ status }) => status);
      const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%user%'";
      await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1);
      await transaction('di.password_link').where({ user_id: id }).delete();
      await transaction('di.session').where({ user_id: id }).delete();
      await transaction.commit();
      return await answer;
    } finally {
      if (!transaction.isCompleted()) await transaction.rollback();
    }
  }

  it.each(['/v1/sessions', '/console/session'])(
    'lets nobody in by %s who has lost their password or access before it was compared',
    async (path) => {
      const user = await newUser(server, account, { password: PASSWORD });
      const comeIn = (): request.Test =>
        request(server.app).post(path).send({ email: user.email, password: PASSWORD });
      expect(await meanwhile(user.id, comeIn(), { disabled_at: new Date() })).toBe(401);
      await as(server, account.token, 'patch', `/v1/admin/users/${user.id}`).send({ isDisabled: false });
      await signIn(server, user.email);
      expect(await meanwhile(user.id, comeIn(), { password_hash: 'another' })).toBe(401);
      expect(await server.database.knex('di.session').where({ user_id: user.id })).toEqual([]);
    },
  );

  it('ends a link that is being used', async () => {
    const { id, link } = await newUser(server, account);
    const use = useLink(server, linkToken(link), NEW);
    expect(await meanwhile(id, use, { disabled_at: new Date() })).toBe(422);
  });
});

describe('a password of one’s own', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('is compared before a transaction is open: few of them are, and hashing waits in a line', async () => {
    const account = await createAccount(server);
    const statements: string[] = [];
    const note = ({ sql }: { sql: string }): void => void statements.push(sql);
    server.database.knex.on('query', note);
    await as(server, account.token, 'put', '/v1/sessions/current/password')
      .send({ oldPassword: PASSWORD, newPassword: NEW })
      .expect(204);
    server.database.knex.off('query', note);
    const begun = statements.findIndex((sql) => sql.startsWith('BEGIN'));
    expect(begun).toBeGreaterThan(-1);
    expect(statements.slice(begun).filter((sql) => /^select.*"user"/.test(sql))).toEqual([]);
  });
});

describe('mails with links', () => {
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

  it('end no invitation because a stranger asks for one', async () => {
    const invited = await newUser(server, account);
    const token = linkToken(mail.mails[0]?.text);
    await askForLink(server, invited.email).expect(202);
    await askForLink(server, account.email).expect(202);
    await expect.poll(() => mail.mails.at(-1)?.to).toEqual([account.email]);
    await readLink(server, token).expect(200);
    // One that is too old makes way.
    await server.database
      .knex('di.password_link')
      .where({ user_id: invited.id })
      .update({ expires_at: new Date(0) });
    await askForLink(server, invited.email).expect(202);
    await expect.poll(() => mail.mails.at(-1)?.to).toEqual([invited.email]);
  });

  it('fill no mailbox, whoever has them sent', async () => {
    const { id } = await newUser(server, account);
    const send = (): request.Test => sendLink(server, account.token, id);
    for (let sent = 1; sent < 10; sent++) await send().expect(200);
    await send().expect(429);
    const last = linkToken(mail.mails.at(-1)?.text);
    expect(mail.mails).toHaveLength(10);
    // What was refused has changed nothing.
    await readLink(server, last).expect(200);
  });

  it('say what we say: a name is one line', async () => {
    await newUser(server, account, { name: 'Ann,\n\nyour account is closed.\u2028Call us' });
    expect(mail.mails[0]?.text).toContain('Hello Ann, your account is closed. Call us,\n\nyou may use');
  });
});

describe('without a mail server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('a link that was passed on is ended by nobody who asks for one', async () => {
    const account = await createAccount(server);
    const { id, email } = await newUser(server, account, { password: PASSWORD });
    const answer = await sendLink(server, account.token, id).expect(200);
    const links = server.database.knex('di.password_link').where({ user_id: id }).select('token_hash');
    const before = await links.clone();
    const written: unknown[] = [];
    server.database.knex.on('query', ({ sql }: { sql: string }) => written.push(sql));
    await askForLink(server, email).expect(202);
    // Whoever asks next is behind them in the line.
    await signIn(server, account.email);
    expect(written.filter((sql) => String(sql).includes('insert into "di"."password_link"'))).toEqual([]);
    expect(await links.clone()).toEqual(before);
    expect(linkToken((answer.body as MadeLink).link)).not.toBe('none');
  });
});
