import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, createAccount, createKey, PASSWORD, signIn, type Account } from '../support/accounts.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/test-server.ts';

describe('access to an account', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  const addUser = async (role: string): Promise<{ id: string; email: string; token: string }> => {
    const email = `${role}${Math.random().toString(36).slice(2)}@Example.com`;
    const created = await as(server, account.token, 'post', '/v1/admin/users')
      .send({ email, name: role, role, password: PASSWORD })
      .expect(201);
    return {
      id: (created.body as { id: string }).id,
      email,
      token: await signIn(server, email.toUpperCase()),
    };
  };

  it('goes by role: a viewer reads, an administrator configures, an owner gives access', async () => {
    const viewer = await addUser('viewer');
    const administrator = await addUser('administrator');
    const project = {
      code: 'Shop',
      name: 'Shop',
      type: 'AB',
      contacts: { primaryKey: ['email'], fields: [{ name: 'email', type: 'email' }] },
    };
    await as(server, viewer.token, 'get', '/v1/admin/projects').expect(200);
    await as(server, viewer.token, 'post', '/v1/admin/projects').send(project).expect(403);
    await as(server, administrator.token, 'post', '/v1/admin/projects').send(project).expect(201);
    await as(server, administrator.token, 'post', '/v1/admin/users').send({}).expect(403);
    await as(server, viewer.token, 'get', '/v1/admin/audit-events').expect(403);
  });

  it('ends with a sign-out, a new password, or when the user is disabled', async () => {
    const user = await addUser('viewer');
    const call = (token: string) => as(server, token, 'get', '/v1/admin/projects');
    await as(server, user.token, 'delete', '/v1/sessions/current').expect(204);
    await call(user.token).expect(401);
    const second = await signIn(server, user.email);
    const changed = await as(server, account.token, 'patch', `/v1/admin/users/${user.id}`).send({
      password: `${PASSWORD} 2`,
    });
    expect(changed.body).not.toHaveProperty('password_hash');
    await call(second).expect(401);
    const third = await signIn(server, user.email, `${PASSWORD} 2`);
    await as(server, account.token, 'patch', `/v1/admin/users/${user.id}`)
      .send({ isDisabled: true })
      .expect(200);
    await call(third).expect(401);
    await request(server.app)
      .post('/v1/sessions')
      .send({ email: user.email, password: `${PASSWORD} 2` })
      .expect(401);
  });

  it('keeps an owner who may give it', async () => {
    const answer = await as(server, account.token, 'patch', `/v1/admin/users/${account.ownerId}`)
      .send({ role: 'viewer' })
      .expect(422);
    expect(answer.body).toMatchObject({ code: 'last-owner' });
    // Nothing of the change stays.
    await as(server, account.token, 'get', '/v1/admin/users').expect(200);
  });

  it('is given to programs by keys, which give no more than their maker has', async () => {
    const key = await createKey(server, account.token, ['access:write', 'access:read']);
    await as(server, key, 'get', '/v1/admin/users').expect(200);
    const excess = await as(server, key, 'post', '/v1/admin/api-keys')
      .send({ name: 'More', scopes: ['rows:read'] })
      .expect(403);
    expect(excess.body).toMatchObject({ code: 'insufficient-scope' });
    const listed = await as(server, account.token, 'get', '/v1/admin/api-keys').expect(200);
    const { keys } = listed.body as { keys: { id: string; scopes: string[] }[] };
    // The secret's own letters may be an underscore, too.
    expect(listed.text).not.toContain(key.split('_').slice(2).join('_'));
    const own = keys.find((each) => each.scopes.includes('access:write'));
    await as(server, account.token, 'delete', `/v1/admin/api-keys/${own?.id ?? ''}`).expect(204);
    await as(server, key, 'get', '/v1/admin/users').expect(401);
  });

  it('is over for a key that has expired', async () => {
    const expired = await as(server, account.token, 'post', '/v1/admin/api-keys')
      .send({ name: 'Old', scopes: ['projects:read'], expiresAt: '2020-01-01T00:00:00.000Z' })
      .expect(201);
    await as(server, (expired.body as { token: string }).token, 'get', '/v1/admin/projects').expect(401);
  });

  it('is refused for a while after many wrong passwords, whoever tries', async () => {
    const victim = await createAccount(server);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt++) {
      const answer = await request(server.app)
        .post('/v1/sessions')
        .send({ email: victim.email, password: 'not the password' });
      statuses.push(answer.status);
      if (answer.status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([...new Array<number>(10).fill(401), 429]);
    await as(server, victim.token, 'get', '/v1/admin/projects').expect(200);
  });

  it.each([
    ['a short password', { email: 'new@example.com', name: 'N', role: 'viewer', password: 'short' }, 400],
    ['an unknown role', { email: 'new@example.com', name: 'N', role: 'god', password: PASSWORD }, 400],
    ['no address', { email: 'nowhere', name: 'N', role: 'viewer', password: PASSWORD }, 400],
  ])('refuses a user with %s', async (_what, user, status) => {
    await as(server, account.token, 'post', '/v1/admin/users').send(user).expect(status);
  });

  it('refuses a user whose address is taken, in whatever account', async () => {
    const other = await createAccount(server);
    const answer = await as(server, other.token, 'post', '/v1/admin/users')
      .send({ email: account.email, name: 'N', role: 'viewer', password: PASSWORD })
      .expect(409);
    expect(answer.body).toMatchObject({
      ...{ code: 'user-exists', detail: 'A user with this email address already exists.' },
      sentence: { code: 'access.user-exists', parameters: {} },
    });
  });

  it('of the operator reaches any account by its id', async () => {
    const call = (id: string) =>
      request(server.app)
        .get('/v1/admin/users')
        .set('Authorization', `Bearer ${ADMIN}`)
        .set('DI-Account', id);
    expect((await call(account.id).expect(200)).text).toContain(account.email);
    await call('00000000-0000-4000-8000-000000000000').expect(404);
    await call("' OR 1=1 --").expect(404);
    const accounts = await request(server.app)
      .get('/v1/operator/accounts')
      .set('Authorization', `Bearer ${ADMIN}`);
    expect(accounts.text).toContain(account.id);
  });

  it('leaves every change in the audit log, with who made it, and the log lets nobody change it', async () => {
    const own = await createAccount(server);
    const key = await createKey(server, own.token, ['connections:write', 'projects:write']);
    await as(server, own.token, 'post', '/v1/admin/projects')
      .send({
        code: 'Logged',
        name: 'Logged',
        type: 'A',
        contacts: { primaryKey: ['email'], fields: [{ name: 'email', type: 'email' }] },
      })
      .expect(201);
    const created = await as(server, key, 'post', '/v1/admin/connections')
      .set('X-Request-Id', 'the-request')
      .send({ project: 'Logged', name: 'Org' })
      .expect(201);
    await as(server, key, 'post', '/v1/admin/projects/Logged/tables')
      .send({ code: 'Contact', name: 'Twice', primaryKey: ['a'], fields: [{ name: 'a', type: 'text' }] })
      .expect(409);
    const log = await as(server, own.token, 'get', '/v1/admin/audit-events').expect(200);
    const { events } = log.body as { events: { id: number }[] };
    expect(events).toMatchObject([
      { action: 'connection.created', actor: { kind: 'api-key', name: 'Key' }, requestId: 'the-request' },
      { action: 'project.created', subject: 'Logged', actor: { kind: 'user', name: own.email } },
      { action: 'api-key.created' },
    ]);
    expect(log.text).not.toContain((created.body as { secret: string }).secret);
    const before = await as(
      server,
      own.token,
      'get',
      `/v1/admin/audit-events?limit=1&before=${events[0]?.id ?? 0}`,
    );
    expect((before.body as { events: unknown[] }).events).toMatchObject([{ action: 'project.created' }]);
    for (const change of [
      'UPDATE di.audit_event SET action = $$x$$',
      'DELETE FROM di.audit_event',
      'TRUNCATE di.audit_event',
    ])
      await expect(server.database.pool.query(change)).rejects.toThrow(/append-only/);
  });
});
