import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../../server/src/app.ts';
import { ROLES, SCOPES, SCOPES_OF_ROLE, type Role, type Scope } from '../../../server/src/access/scopes.ts';
import { as, createAccount, createKey, PASSWORD, signIn, type Account } from '../support/accounts.ts';
import { createScene, startTestServer, type TestServer } from '../support/test-server.ts';

/** An endpoint that gives somebody a right to act on the account: what is sent to it, and what that gives. */
interface Giving {
  readonly method: 'post' | 'patch' | 'delete';
  readonly path: (names: Names) => string;
  readonly body: object | undefined;
  readonly gives: readonly Scope[];
}

interface Names {
  readonly users: Readonly<Record<Role, string>>;
  readonly project: string;
}

let made = 0;
const newUser = (role: Role): object => {
  made += 1;
  return { email: `made-${made}@example.com`, name: 'Made', role, password: PASSWORD };
};

/** Every one, by its endpoint; a role gives its scopes, and so does the password of whoever has it. */
function givings(): Readonly<Record<string, readonly Giving[]>> {
  const toUser = (role: Role, body: object, gives: readonly Scope[]): Giving => ({
    method: 'patch',
    path: ({ users }) => `/v1/admin/users/${users[role]}`,
    body,
    gives,
  });
  return {
    'post /v1/admin/users': ROLES.map((role) => ({
      method: 'post',
      path: () => '/v1/admin/users',
      body: newUser(role),
      gives: SCOPES_OF_ROLE[role],
    })),
    'patch /v1/admin/users/{id}': ROLES.flatMap((role) => [
      toUser(role, { password: `${PASSWORD}!` }, SCOPES_OF_ROLE[role]),
      toUser(role, { isDisabled: false }, SCOPES_OF_ROLE[role]),
      toUser('viewer', { role }, [...SCOPES_OF_ROLE.viewer, ...SCOPES_OF_ROLE[role]]),
      // Whoever may not give a role may not take it away either.
      toUser(role, { role: 'viewer' }, SCOPES_OF_ROLE[role]),
    ]),
    'post /v1/admin/users/{id}/password-link': ROLES.map((role) => ({
      method: 'post',
      path: ({ users }) => `/v1/admin/users/${users[role]}/password-link`,
      body: {},
      gives: SCOPES_OF_ROLE[role],
    })),
    'delete /v1/admin/users/{id}/sign-on': ROLES.map((role) => ({
      method: 'delete',
      path: ({ users }) => `/v1/admin/users/${users[role]}/sign-on`,
      body: undefined,
      gives: SCOPES_OF_ROLE[role],
    })),
    'post /v1/admin/api-keys': SCOPES.map((scope) => ({
      method: 'post',
      path: () => '/v1/admin/api-keys',
      body: { name: 'Made', scopes: [scope] },
      gives: [scope],
    })),
    'post /v1/admin/projects/{project}/sql-role': [
      {
        method: 'post',
        path: ({ project }) => `/v1/admin/projects/${project}/sql-role`,
        body: {},
        gives: ['rows:read', 'consent:read'],
      },
    ],
  };
}

/**
 * Endpoints of access:write that give nothing. The keys of a connection, a source or a link are no rights on the account:
 * they are what the scopes of connections, deliveries and consent are for.
 */
const GIVE_NOTHING = ['delete /v1/admin/api-keys/{id}', 'delete /v1/admin/projects/{project}/sql-role'];

describe('nobody gives a right that they do not have', () => {
  let server: TestServer;
  let account: Account;
  let names: Names;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
    const { project } = await createScene(server, account.token);
    names = { users: await usersOfEachRole(), project };
  });
  afterAll(() => server.close());

  async function usersOfEachRole(): Promise<Record<Role, string>> {
    const made: [Role, string][] = [];
    for (const role of ROLES) {
      const answer = await as(server, account.token, 'post', '/v1/admin/users')
        .send(newUser(role))
        .expect(201);
      made.push([role, (answer.body as { id: string }).id]);
    }
    return Object.fromEntries(made) as Record<Role, string>;
  }

  it('by every endpoint that gives one', () => {
    const giving = routesOf(server.services)
      .filter((route) => typeof route.access === 'object' && route.access.scope === 'access:write')
      .map((route) => `${route.method} ${route.path}`);
    expect(giving.sort()).toEqual([...Object.keys(givings()), ...GIVE_NOTHING].sort());
  });

  it.each(SCOPES)('with a key that has access:write and %s', async (scope) => {
    const held = new Set<Scope>(['access:write', scope]);
    const key = await createKey(server, account.token, [...held]);
    for (const giving of Object.values(givings()).flat()) {
      const answer = await as(server, key, giving.method, giving.path(names)).send(giving.body);
      const what = `${giving.method} ${giving.path(names)} ${JSON.stringify(giving.body)}: ${answer.text}`;
      if (giving.gives.every((each) => held.has(each)))
        expect([200, 201, 409], what).toContain(answer.status);
      else
        expect([answer.status, (answer.body as { code: string }).code], what).toEqual([
          403,
          expect.any(String),
        ]);
    }
    // Whoever was there still signs in as before.
    await signIn(server, account.email);
  });

  it('though with every scope they may', async () => {
    const key = await createKey(server, account.token, SCOPES);
    await as(server, key, 'post', '/v1/admin/users').send(newUser('owner')).expect(201);
    await as(server, key, 'patch', `/v1/admin/users/${names.users.owner}`)
      .send({ password: `${PASSWORD}!` })
      .expect(200);
  });

  it.each(['administrator', 'marketer', 'viewer'] as const)('as %s', async (role) => {
    const user = newUser(role) as { email: string };
    await as(server, account.token, 'post', '/v1/admin/users').send(user).expect(201);
    const token = await signIn(server, user.email);
    for (const giving of Object.values(givings()).flat())
      await as(server, token, giving.method, giving.path(names)).send(giving.body).expect(403);
  });
});

describe('a user’s own password', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  it('is changed by whoever knows the old one, whatever their role; other sessions end, this one goes on', async () => {
    const user = newUser('viewer') as { email: string };
    await as(server, account.token, 'post', '/v1/admin/users').send(user).expect(201);
    const [token, other] = [await signIn(server, user.email), await signIn(server, user.email)];
    const change = (bearer: string, oldPassword: string, newPassword: string) =>
      as(server, bearer, 'put', '/v1/sessions/current/password').send({ oldPassword, newPassword });
    expect((await change(token, 'another password', 'a new password').expect(422)).body).toMatchObject({
      code: 'wrong-password',
    });
    await change(token, PASSWORD, 'too short').expect(400);
    await change(token, PASSWORD, 'a new password of mine').expect(204);
    await as(server, token, 'get', '/v1/admin/projects').expect(200);
    await as(server, other, 'get', '/v1/admin/projects').expect(401);
    await signIn(server, user.email, 'a new password of mine');
    const audit = await as(server, account.token, 'get', '/v1/admin/audit-events').expect(200);
    expect(JSON.stringify(audit.body)).toContain('user.password-changed');
    expect(audit.text).not.toContain('a new password of mine');
  });

  it('is not for programs, and is guessed at no more than by signing in', async () => {
    const key = await createKey(server, account.token, ['access:write']);
    const path = '/v1/sessions/current/password';
    const body = { oldPassword: PASSWORD, newPassword: 'a new password of mine' };
    await as(server, key, 'put', path).send(body).expect(401);
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      const answer = await as(server, account.token, 'put', path).send({
        ...body,
        oldPassword: `wrong ${tries}`,
      });
      statuses.push(answer.status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(422));
    expect(statuses[11]).toBe(429);
  });
});
