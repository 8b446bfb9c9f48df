import { say } from '../messages/message.ts';
import { z } from 'zod';
import { bearerToken } from '../access/access-tokens.ts';
import { SCOPES } from '../access/scopes.ts';
import { moment } from '../http/inputs.ts';
import { conflict, unauthorized } from '../http/problem.ts';
import { accountEndpoint, anybody, openEndpoint, operatorEndpoint, type Route } from '../api/route.ts';
import { auditEntries } from '../access/audit-log.ts';
import { ApiKeys, apiKeyAnswer } from '../access/api-keys.ts';
import { requireOwnRights } from '../access/may-give.ts';
import type { AccountDesk } from './account-desk.ts';
import { passwordRoute } from './own-password.ts';
import { ownSessionRoutes } from './own-sessions.ts';
import { passwordLinkRoutes } from './password-link-routes.ts';
import { userRoutes } from './user-routes.ts';
import { Sessions } from '../access/sessions.ts';
import {
  emailSchema as email,
  nameSchema as name,
  passwordSchema as password,
  Users,
} from '../access/users.ts';

const identified = z.strictObject({ id: z.uuid() });

/** Accounts, their users and API keys, sessions, and the audit log. */
export function accountRoutes(desk: AccountDesk): Route[] {
  return [
    ...operatorRoutes(),
    ...sessionRoutes(desk),
    passwordRoute(desk),
    ...ownSessionRoutes(),
    ...passwordLinkRoutes(desk),
    ...userRoutes(desk),
    ...apiKeyRoutes(),
    auditRoute(),
  ];
}

function operatorRoutes(): Route[] {
  return [
    operatorEndpoint({
      method: 'post',
      path: '/v1/operator/accounts',
      tag: 'Operator',
      summary: 'Creates an account with its first owner',
      body: z.strictObject({ name, owner: z.strictObject({ email, name, password }) }),
      answer: { status: 201, schema: z.object({ id: z.uuid(), ownerId: z.uuid() }) },
      handle: ({ knex, body }) =>
        knex.transaction(async (transaction) => {
          const [row] = await transaction('di.account')
            .insert({ name: body.name })
            .onConflict()
            .ignore()
            .returning<{ id: string }[]>('id');
          if (!row) throw conflict('account-exists', say('access.account-exists', { name: body.name }));
          const ownerId = await new Users(transaction).create(row.id, { ...body.owner, role: 'owner' });
          return { id: row.id, ownerId };
        }),
    }),
    operatorEndpoint({
      method: 'get',
      path: '/v1/operator/accounts',
      tag: 'Operator',
      summary: 'Every account',
      answer: { schema: z.object({ accounts: z.array(z.object({ id: z.uuid(), name: z.string() })) }) },
      handle: async ({ knex }) => ({
        accounts: await knex('di.account').orderBy('created_at').select('id', 'name'),
      }),
    }),
  ];
}

function sessionRoutes({ limits, passwords }: AccountDesk): Route[] {
  return [
    openEndpoint({
      method: 'post',
      path: '/v1/sessions',
      access: 'public',
      authenticate: anybody,
      tag: 'Access',
      summary: 'Signs a user in',
      body: z.strictObject({ email: z.string().max(320), password: z.string().max(200) }),
      answer: { status: 201, schema: z.object({ token: z.string(), expiresAt: z.iso.datetime() }) },
      handle: async ({ knex, body, request }) => {
        const tries = await limits.signIn(request.ip ?? '', body.email);
        const session = await new Users(knex).signIn(body, request.get('User-Agent'), passwords);
        if (!session) throw unauthorized('wrong-password', say('access.wrong-password'));
        await tries.forgive();
        return session;
      },
    }),
    openEndpoint({
      method: 'delete',
      path: '/v1/sessions/current',
      access: 'public',
      authenticate: anybody,
      tag: 'Access',
      summary: 'Signs the user of the token out',
      answer: { status: 204 },
      handle: async ({ knex, request }) => {
        await new Sessions(knex).end(bearerToken(request.headers.authorization));
      },
    }),
  ];
}

function apiKeyRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/api-keys',
      scope: 'access:read',
      tag: 'Access',
      summary: 'API keys of the account, without their secrets',
      answer: { schema: z.object({ keys: z.array(apiKeyAnswer) }) },
      handle: async ({ knex, caller }) => ({ keys: await new ApiKeys(knex).list(caller.accountId) }),
    }),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/api-keys',
      scope: 'access:write',
      tag: 'Access',
      summary: 'Makes an API key; its token is shown this once',
      body: z.strictObject({
        name,
        scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
        expiresAt: moment.nullable().default(null),
      }),
      answer: { status: 201, schema: z.object({ id: z.uuid(), token: z.string() }) },
      handle: async ({ knex, caller, body, audit }) => {
        requireOwnRights(caller, body.scopes);
        const key = await new ApiKeys(knex).create(caller.accountId, body);
        audit({
          action: 'api-key.created',
          subject: key.id,
          detail: { name: body.name, scopes: body.scopes },
        });
        return key;
      },
    }),
    accountEndpoint({
      method: 'delete',
      path: '/v1/admin/api-keys/{id}',
      scope: 'access:write',
      tag: 'Access',
      summary: 'Revokes an API key',
      params: identified,
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        await new ApiKeys(knex).revoke(caller.accountId, params.id);
        audit({ action: 'api-key.revoked', subject: params.id });
      },
    }),
  ];
}

function auditRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/audit-events',
    scope: 'audit:read',
    tag: 'Access',
    summary: 'Changes of configuration, newest first',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      before: z.coerce.number().int().optional(),
    }),
    answer: { schema: z.object({ events: z.array(z.record(z.string(), z.unknown())) }) },
    handle: async ({ knex, caller, query }) => ({
      events: await auditEntries(knex, caller.accountId, query),
    }),
  });
}
