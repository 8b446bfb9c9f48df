import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import { Provider, type ClientMetadata, type KoaContextWithOIDC } from 'oidc-provider';
import { freePort } from './free-port.ts';

/** Somebody whom the provider knows. */
export interface Person {
  readonly subject: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

export const CLIENT = { id: 'di-connect', secret: 'a secret of the identity provider' };

/** An identity provider of its own on this machine. Whoever comes is who the test says. */
export interface IdentityProvider {
  readonly issuer: string;
  /** The key that it signs with, and its name. */
  readonly key: KeyObject;
  readonly keyId: string;
  /** Has it send another ID token than the one it made; null for none. */
  forge(change: ((token: string) => string) | null): void;
  /** Has it tell of somebody else's address where it is asked of somebody; null for none. */
  tellOf(subject: string | null): void;
  /** Says who comes from now on; null for somebody who declines. */
  expect(person: Person | null): void;
  /** Signs somebody in, as a browser that goes where it is sent; answers the address that it is sent back to. */
  visit(address: string, person: Person | null): Promise<string>;
  close(): Promise<void>;
}

/** @param callback where it sends people back to */
export async function startIdentityProvider(callback: string): Promise<IdentityProvider> {
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyId = 'key-1';
  const people = new Map<string, Person>();
  let present: Person | null = null;
  let forgery: ((token: string) => string) | null = null;
  let otherSubject: string | null = null;
  const client: ClientMetadata = {
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    redirect_uris: [callback],
  };
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: {
      keys: [{ ...privateKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }],
    },
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => {
        const { subject, ...claims } = people.get(id) ?? { subject: id };
        return { sub: subject, ...claims };
      },
    }),
    loadExistingGrant: async (context: KoaContextWithOIDC) => {
      const grant = new provider.Grant({
        accountId: context.oidc.session?.accountId ?? '',
        clientId: CLIENT.id,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    if (context.path.startsWith('/interaction/')) {
      const result = present ? { login: { accountId: present.subject } } : { error: 'access_denied' };
      await provider.interactionFinished(context.req, context.res, result);
      context.respond = false;
      return;
    }
    await next();
    const answer = context.body as Record<string, unknown>;
    if (context.path === '/token' && forgery && typeof answer.id_token === 'string')
      context.body = { ...answer, id_token: forgery(answer.id_token) };
    if (context.path === '/me' && otherSubject !== null) context.body = { ...answer, sub: otherSubject };
  });
  function meet(person: Person | null): void {
    present = person;
    if (person) people.set(person.subject, person);
  }
  const listener = provider.callback();
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(Number(new URL(issuer).port), '127.0.0.1', resolve));
  return {
    issuer,
    key: privateKey,
    keyId,
    forge: (change) => (forgery = change),
    tellOf: (subject) => (otherSubject = subject),
    expect: meet,
    visit: (address, person) => {
      meet(person);
      return follow(address, callback);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Goes where it is sent, with the cookies it is given, until it is sent to an address. */
async function follow(from: string, to: string): Promise<string> {
  const cookies = new Map<string, string>();
  let address = from;
  for (let step = 0; step < 10; step += 1) {
    if (address.startsWith(to)) return address;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(address, { headers: { cookie }, redirect: 'manual' });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    address = new URL(next, address).href;
  }
  throw new Error(`${from} leads nowhere`);
}

/** A token that says something else beside, rightly signed. */
export function resigned(
  provider: Pick<IdentityProvider, 'key' | 'keyId'>,
  changes: Readonly<Record<string, unknown>>,
): (token: string) => string {
  return (token) =>
    jwt.sign({ ...claimsOf(token), ...changes }, provider.key, { algorithm: 'RS256', keyid: provider.keyId });
}

export function claimsOf(token: string): Record<string, unknown> {
  const claims = jwt.decode(token);
  if (claims === null || typeof claims === 'string') throw new Error('no claims');
  return claims;
}
