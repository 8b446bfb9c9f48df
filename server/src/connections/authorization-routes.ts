import { sentencesAnswer, worded } from '../messages/message-answer.ts';
import { say } from '../messages/message.ts';
import { z } from 'zod';
import { unprocessable } from '../http/problem.ts';
import { accountEndpoint, consultingEndpoint, type AccountCall, type Route } from '../api/route.ts';
import { readSigningKey } from '../salesforce/signing-key.ts';
import { LOGIN_ADDRESSES } from '../salesforce/addresses.ts';
import { authorizeAddress } from '../salesforce/grants.ts';
import { passwordLogin } from '../salesforce/password-login.ts';
import { authorizationAnswer, authorizationShown, authorizationWarnings } from './authorization-answer.ts';
import { challengeOf, type AuthorizationRequests } from './authorization-requests.ts';
import type { Authorizations } from './authorizations.ts';
import {
  authorizedEntry,
  keepLogIn,
  verifyLogIn,
  type KeptLogIn,
  type VerifiedLogIn,
} from './authorize-org.ts';
import { Connections, type Connection } from './connections.ts';
import type { LogIn } from './org-session.ts';

/** What the endpoints of authorizations stand on. */
export interface AuthorizationDesk {
  readonly authorizations: Authorizations;
  readonly requests: AuthorizationRequests;
  readonly logIn: LogIn;
  /** Where the browser begins, and where Salesforce sends it back to. */
  readonly start: string;
  readonly redirect: string;
}

const identified = z.strictObject({ connection: z.uuid() });
const login = z.string().max(300).default('production').meta({
  description: 'production, sandbox, or the org’s own domain as https://your-domain.my.salesforce.com',
});
const clientId = z.string().trim().min(1).max(500);
const userName = z.string().trim().min(1).max(255);
const answer = z.object({ authorization: authorizationAnswer, warnings: sentencesAnswer });

/** Ways to authorize a connection in Salesforce. */
export function authorizationRoutes(desk: AuthorizationDesk): Route[] {
  return [webServerRoute(desk), jwtRoute(desk), passwordRoute(desk), forgetRoute(desk)];
}

function webServerRoute({ requests, logIn, start, redirect }: AuthorizationDesk): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/authorizations/web-server',
    scope: 'connections:write',
    tag: 'Connections',
    summary: 'Begins an authorization in the browser; answers the address to open',
    description:
      'OAuth 2.0 web-server flow with PKCE. Without a client id the server’s own app is used. The address is good once, for 15 minutes, and in the browser that opens it. Whoever opens it without being signed in to the console as the user who began it is told who asks for what, and has to agree; what the operator’s token begins leads to Salesforce at once.',
    params: identified,
    body: z.strictObject({
      login,
      clientId: clientId.optional(),
      clientSecret: z.string().min(1).max(500).optional(),
    }),
    answer: { status: 201, schema: z.object({ address: z.url(), expiresAt: z.iso.datetime() }) },
    handle: async ({ knex, caller, params, body, audit }) => {
      const connection = await activeConnection(new Connections(knex, caller.accountId), params.connection);
      const own =
        body.clientId === undefined
          ? null
          : { clientId: body.clientId, clientSecret: body.clientSecret ?? null };
      const app = own ?? logIn.app;
      if (!app) throw unprocessable('no-client-app', say('connections.no-client-app'));
      const loginOrigin = originOf(logIn, body.login);
      const { state, verifier, expiresAt } = await requests.begin(knex, {
        accountId: caller.accountId,
        connectionId: connection.id,
        actor: caller.actor,
        loginOrigin,
        app: own,
      });
      audit({
        action: 'connection.authorization-begun',
        subject: connection.id,
        detail: { login: loginOrigin },
      });
      const address =
        caller.actor.kind === 'operator'
          ? authorizeAddress(loginOrigin, app, { redirect, state, challenge: challengeOf(verifier) })
          : `${start}?${new URLSearchParams({ state }).toString()}`;
      return { address, expiresAt };
    },
  });
}

function jwtRoute({ authorizations, logIn }: AuthorizationDesk): Route {
  return consultingEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/authorizations/jwt-bearer',
    scope: 'connections:write',
    tag: 'Connections',
    summary: 'Authorizes a connection by JWT: nobody has to be there when it is renewed',
    description:
      'The app in Salesforce holds the certificate of the private key, and the user is pre-authorized for it.',
    params: identified,
    body: z.strictObject({
      login,
      clientId,
      userName,
      privateKey: z
        .string()
        .max(20_000)
        .transform((text, context) => {
          const read = readSigningKey(text);
          if ('pem' in read) return read.pem;
          context.addIssue(read.fault);
          return z.NEVER;
        })
        .meta({ description: 'RSA of 2048 bits or more, PEM, without a passphrase' }),
    }),
    answer: { status: 201, schema: answer },
    prepare: async ({ knex, caller, params, body }): Promise<Prepared> => {
      const connection = await activeConnection(new Connections(knex, caller.accountId), params.connection);
      const loginOrigin = originOf(logIn, body.login);
      const granted = await logIn.grants.byJwt(loginOrigin, body);
      const { privateKey } = body;
      return {
        connection,
        verified: await verifyLogIn(connection, granted),
        kept: {
          loginOrigin,
          clientId: body.clientId,
          credentials: { kind: 'jwt-bearer', clientId: body.clientId, privateKey },
        },
      };
    },
    handle: keeper(authorizations),
  });
}

function passwordRoute({ authorizations, logIn }: AuthorizationDesk): Route {
  return consultingEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/authorizations/password',
    scope: 'connections:write',
    tag: 'Connections',
    summary: 'Authorizes a connection by user name, password and security token',
    description: 'For orgs that have no other way: Salesforce retires it with Summer ’27.',
    params: identified,
    body: z.strictObject({
      login,
      userName,
      password: z.string().min(1).max(500),
      securityToken: z.string().trim().max(100).default(''),
    }),
    answer: { status: 201, schema: answer },
    prepare: async ({ knex, caller, params, body }): Promise<Prepared> => {
      const connection = await activeConnection(new Connections(knex, caller.accountId), params.connection);
      const loginOrigin = originOf(logIn, body.login);
      const granted = await passwordLogin(logIn.addresses, loginOrigin, body);
      const { password, securityToken } = body;
      return {
        connection,
        verified: await verifyLogIn(connection, granted),
        kept: { loginOrigin, clientId: null, credentials: { kind: 'password', password, securityToken } },
      };
    },
    handle: keeper(authorizations),
  });
}

function forgetRoute(desk: AuthorizationDesk): Route {
  return consultingEndpoint({
    method: 'delete',
    path: '/v1/admin/connections/{connection}/authorization',
    scope: 'connections:write',
    tag: 'Connections',
    summary: 'Forgets the authorization of a connection, and takes it back in Salesforce',
    params: identified,
    answer: { status: 204 },
    prepare: async ({ knex, caller, params }) => {
      const connection = await new Connections(knex, caller.accountId).find(params.connection);
      await takeBack(desk, connection.id);
      return connection;
    },
    handle: async ({ knex, caller, audit }, connection) => {
      await desk.authorizations.forget(knex, caller.accountId, connection.id);
      audit({ action: 'connection.authorization-forgotten', subject: connection.id });
    },
  });
}

/** Takes an access back in Salesforce, where there is one that can be. */
export async function takeBack(
  { authorizations, logIn }: AuthorizationDesk,
  connectionId: string,
): Promise<void> {
  const known = await authorizations.open(connectionId);
  if (known?.credentials.kind === 'web-server')
    await logIn.grants.revoke(known.loginOrigin, known.credentials.refreshToken);
}

interface Prepared {
  readonly connection: Connection;
  readonly verified: VerifiedLogIn;
  readonly kept: KeptLogIn;
}

type Keeping = Pick<AccountCall<z.ZodType, z.ZodType, z.ZodType>, 'knex' | 'caller' | 'audit'>;

/** Keeps a log-in, and answers the authorization that it is. */
function keeper(authorizations: Authorizations) {
  return async ({ knex, caller, audit }: Keeping, prepared: Prepared) => {
    const { connection, verified, kept } = prepared;
    await keepLogIn(knex, authorizations, connection, verified, { ...kept, by: caller.actor.name });
    audit(authorizedEntry(connection.id, kept.credentials.kind, verified));
    const authorization = await authorizations.find(caller.accountId, connection.id, knex);
    if (!authorization) throw new Error('The authorization was not stored.');
    return {
      authorization: authorizationShown(authorization),
      warnings: authorizationWarnings(authorization).map(worded),
    };
  };
}

async function activeConnection(connections: Connections, id: string): Promise<Connection> {
  const connection = await connections.find(id);
  if (connection.status !== 'active') throw unprocessable('connection-revoked', say('connections.revoked'));
  return connection;
}

/** Where to log in. Throws a 422 problem for an address that is none of Salesforce's. */
function originOf({ addresses }: LogIn, given: string): string {
  if (given === 'production' || given === 'sandbox') return LOGIN_ADDRESSES[given];
  const checked = addresses.loginOrigin(given);
  if ('fault' in checked) throw unprocessable('login-address', checked.fault);
  return checked.origin;
}
