import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { LOGIN } from '../../local-org/rest/settings.ts';
import { atDoor } from '../../support/org-door.ts';
import type { Caller } from '../caller.ts';
import type { Recording } from '../recording.ts';

/** The org of the package is authorized in the browser, and gets fields for the opt-ins. */
export async function authorizeInBrowser(recording: Recording, orgUrl: string): Promise<void> {
  const path = `/v1/admin/connections/${recording.named('acme')}`;
  const answer = await recording
    .caller('owner')
    .call('POST', `${path}/authorizations/web-server`, { login: orgUrl });
  const { address } = z.object({ address: z.string() }).parse(answer);
  // The local org consents at once and sends the browser back.
  const page = await browse(address, new Map([['di-session', sessionOf(recording.caller('owner'))]]));
  if (!page.ok) throw new Error(`The authorization came back with ${page.status}: ${await page.text()}`);
  recording.read('owner', path);
}

function sessionOf({ credential }: Caller): string {
  if (credential.kind !== 'bearer') throw new Error('Only people have sessions.');
  return credential.token;
}

/** Opens an address as a browser does that keeps the cookies of the server: the org's have no part in this. */
async function browse(address: string, cookies: Map<string, string>): Promise<Response> {
  const cookie = [...cookies].map((each) => each.join('=')).join('; ');
  const answer = await fetch(address, { redirect: 'manual', headers: { cookie } });
  for (const set of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    cookies.set(name, value);
  }
  const next = answer.headers.get('location');
  return next === null ? answer : browse(new URL(next, address).href, cookies);
}

/** Authorizes a connection by log-ins that it signs. */
export async function authorizeBySignature(
  recording: Recording,
  connection: string,
  orgUrl: string,
  clientId: string = LOGIN.clientId,
): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const path = `/v1/admin/connections/${connection}/authorizations/jwt-bearer`;
  const { userName } = LOGIN;
  await recording.caller('shop').call('POST', path, { login: orgUrl, clientId, userName, privateKey });
}

/** A connection that was let in, and no longer is: its app was taken out of the org. An incident. */
export async function loseAuthorization(recording: Recording, orgUrl: string): Promise<void> {
  const shop = recording.caller('shop');
  const app = { clientId: 'second-app', clientSecret: 'second-app-secret', publicKey: null };
  const { clientId, clientSecret } = LOGIN;
  const apps = (isInstalled: boolean): object => ({
    apps: [
      { clientId, clientSecret, isInstalled: true, publicKey: null },
      { ...app, isInstalled },
    ],
  });
  await atDoor(orgUrl, 'PATCH', 'settings', apps(true));
  const connection = await shop.make('/v1/admin/connections', { project: 'SHOP', name: 'Locked out' });
  await authorizeBySignature(recording, connection, orgUrl, app.clientId);
  await atDoor(orgUrl, 'PATCH', 'settings', apps(false));
  await atDoor(orgUrl, 'POST', 'sessions/expire');
  await shop.call('POST', `/v1/admin/connections/${connection}/test`);
  recording.read('shop', `/v1/admin/connections/${connection}`, '/v1/admin/connections');
}
