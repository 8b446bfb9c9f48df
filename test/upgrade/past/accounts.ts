import { z } from 'zod';
import { Caller } from '../caller.ts';
import type { Recording } from '../recording.ts';

const PASSWORD = 'correct horse battery staple';
const sessionSchema = z.object({ token: z.string() });
const keySchema = z.object({ id: z.string(), token: z.string() });

/**
 * Two accounts, with users of every role, one of them disabled; sessions that live and one that ended; API keys, one of
 * them revoked. Callers `operator` (the default account), `shop` (the operator on the second account), `owner`, `viewer`,
 * `shop owner`, `reader`.
 */
export async function makeAccounts(recording: Recording, adminToken: string): Promise<void> {
  const operator = recording.introduce('operator', { kind: 'bearer', token: adminToken });
  const owner = { email: 'owner@shop.example.com', name: 'Olga Owner', password: PASSWORD };
  const shop = await operator.make('/v1/operator/accounts', { name: 'Shop', owner });
  recording.introduce('shop', { kind: 'bearer', token: adminToken, account: shop });
  recording.introduce('shop owner', { kind: 'bearer', token: await signIn(recording, owner.email) });
  for (const role of ['owner', 'administrator', 'viewer']) {
    const email = `${role}@example.com`;
    await operator.make('/v1/admin/users', { email, name: `The ${role}`, role, password: PASSWORD });
    recording.introduce(role, { kind: 'bearer', token: await signIn(recording, email) });
  }
  const left = await operator.make('/v1/admin/users', {
    email: 'left@example.com',
    name: 'Left the company',
    role: 'administrator',
    password: PASSWORD,
  });
  await operator.call('PATCH', `/v1/admin/users/${left}`, { isDisabled: true });
  const ended = await signIn(recording, 'viewer@example.com');
  recording.name('ended session', ended);
  const leaving = recording.introduce('ended', { kind: 'bearer', token: ended });
  await leaving.call('DELETE', '/v1/sessions/current');
  await makeKeys(recording);
  recording.read('owner', '/v1/admin/users', '/v1/admin/projects');
  recording.read('shop owner', '/v1/admin/users', '/v1/admin/projects');
  recording.read('operator', '/v1/operator/accounts');
}

async function makeKeys(recording: Recording): Promise<void> {
  const owner = recording.caller('owner');
  const make = async (name: string, scopes: readonly string[]): Promise<z.output<typeof keySchema>> =>
    keySchema.parse(await owner.call('POST', '/v1/admin/api-keys', { name, scopes }));
  const reader = await make('Reader', ['projects:read', 'rows:read']);
  recording.introduce('reader', { kind: 'bearer', token: reader.token });
  const revoked = await make('Revoked', ['projects:read']);
  await owner.call('DELETE', `/v1/admin/api-keys/${revoked.id}`);
  recording.name('revoked key', revoked.token);
  recording.read('reader', '/v1/admin/projects');
}

/** Signs in with the password that every user of the snapshot has; answers the session's token. */
async function signIn(recording: Recording, email: string): Promise<string> {
  const anybody = new Caller(recording.url, { kind: 'public' });
  const answer = await anybody.call('POST', '/v1/sessions', { email, password: PASSWORD });
  return sessionSchema.parse(answer).token;
}
