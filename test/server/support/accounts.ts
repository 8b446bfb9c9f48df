import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { ADMIN, type TestServer } from './test-server.ts';

export const PASSWORD = 'correct horse battery staple';

export interface Account {
  readonly id: string;
  readonly ownerId: string;
  readonly email: string;
  /** A session of the owner. */
  readonly token: string;
}

/** An account of its own, its owner signed in. */
export async function createAccount(server: TestServer): Promise<Account> {
  const name = randomBytes(6).toString('hex');
  const email = `${name}@example.com`;
  const created = await request(server.app)
    .post('/v1/operator/accounts')
    .set('Authorization', `Bearer ${ADMIN}`)
    .send({ name, owner: { email, name: 'Owner', password: PASSWORD } })
    .expect(201);
  const { id, ownerId } = created.body as { id: string; ownerId: string };
  return { id, ownerId, email, token: await signIn(server, email) };
}

export async function signIn(server: TestServer, email: string, password = PASSWORD): Promise<string> {
  const answer = await request(server.app).post('/v1/sessions').send({ email, password }).expect(201);
  return (answer.body as { token: string }).token;
}

/** A call with somebody's token. */
export function as(
  server: TestServer,
  token: string,
  method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options',
  path: string,
): request.Test {
  return request(server.app)[method](path).set('Authorization', `Bearer ${token}`);
}

/** An API key of an account with some scopes. */
export async function createKey(
  server: TestServer,
  owner: string,
  scopes: readonly string[],
): Promise<string> {
  const answer = await as(server, owner, 'post', '/v1/admin/api-keys')
    .send({ name: 'Key', scopes })
    .expect(201);
  return (answer.body as { token: string }).token;
}
