import request from 'supertest';
import { expect } from 'vitest';
import type { Config } from '../../../server/src/config.ts';
import { CLIENT, startIdentityProvider, type IdentityProvider, type Person } from './identity-provider.ts';
import { startTestServer, type TestServer } from './test-server.ts';

export const PUBLIC_URL = 'http://di.example.com';
const CALLBACK = `${PUBLIC_URL}/console/sign-on/callback`;

/** A server, and the provider that its people sign in by. */
export interface SignOnStage {
  readonly server: TestServer;
  readonly provider: IdentityProvider;
  close(): Promise<void>;
}

/** Addresses of the domain company.example become marketers. */
export async function startSignOnStage(changes: Partial<Config> = {}): Promise<SignOnStage> {
  const provider = await startIdentityProvider(CALLBACK);
  const server = await startTestServer(null, {
    signOn: {
      issuer: provider.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      name: 'Company',
      account: 'default',
      domains: new Map([['company.example', 'marketer']]),
    },
    ...changes,
  });
  return {
    server,
    provider,
    close: async () => {
      await server.close();
      await provider.close();
    },
  };
}

/** A sign-on that a browser has begun. */
export interface BegunSignOn {
  readonly address: string;
  /** What the browser is known by. */
  readonly cookie: string;
}

export async function beginSignOn(server: TestServer, body: object = {}): Promise<BegunSignOn> {
  const answer = await request(server.app).post('/console/sign-on').send(body).expect(200);
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  return { address: (answer.body as { address: string }).address, cookie };
}

/** How a sign-on ended. */
export interface EndedSignOn {
  /** Where the browser is sent. */
  readonly place: string;
  /** The cookie of the session; null where nobody was let in. */
  readonly session: string | null;
}

export async function comeBack(server: TestServer, address: string, cookie: string): Promise<EndedSignOn> {
  const answer = await request(server.app)
    .get(address.slice(PUBLIC_URL.length))
    .set('Cookie', cookie)
    .expect(303);
  const cookies = answer.headers['set-cookie'] as string[] | undefined;
  const session = cookies?.find((each) => each.startsWith('di-session='))?.split(';')[0] ?? null;
  return { place: answer.headers.location ?? '', session };
}

/** All of it, by one browser. */
export async function signOn(
  { server, provider }: Pick<SignOnStage, 'server' | 'provider'>,
  person: Person | null,
): Promise<EndedSignOn> {
  const { address, cookie } = await beginSignOn(server);
  return comeBack(server, await provider.visit(address, person), cookie);
}

/** Who a session is. */
export async function whoIs(server: TestServer, session: string | null): Promise<unknown> {
  expect(session).not.toBeNull();
  const answer = await request(server.app)
    .get('/console/session')
    .set('Cookie', session ?? '')
    .expect(200);
  return (answer.body as { user: unknown }).user;
}
