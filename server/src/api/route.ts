import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { AccountCaller } from '../access/caller.ts';
import { callerOf, type Authenticator } from '../access/authenticate.ts';
import type { Scope } from '../access/scopes.ts';
import type { AuditEntry } from '../access/audit-log.ts';
import type { SignedInUser } from '../access/sessions.ts';
import type { BodyKind, BodyReader } from '../http/body.ts';
import { noted, notedApart } from './noted.ts';
import { Problem } from '../http/problem.ts';
import { validated } from '../http/validated.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options';

/** Who may call a route: anybody, whoever runs the server, a Salesforce org, a user of any role, or whoever has a scope on an account. */
export type Access = 'public' | 'operator' | 'plugin' | 'user' | { readonly scope: Scope };

/** What a caller sees of an endpoint; the OpenAPI document is made of it. */
export interface Contract {
  readonly method: Method;
  /** With `{parameter}`s. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Bytes that the body may have, where it is not the usual limit. */
  readonly bodyLimit?: number;
  /** Refuses a body that is too much of something, before its schema reads all of it. */
  readonly refuseSize?: (body: unknown) => void;
  /** What is not JSON: kept whole in `request.rawBody`, or left for the handler to read as it comes. */
  readonly bodyKind?: BodyKind;
  /** Content type of a body that is a file. */
  readonly fileType?: string;
  readonly headers?: z.ZodType;
  readonly answer?: {
    readonly status?: number;
    readonly schema?: z.ZodType;
    readonly type?: string;
  };
}

/** One endpoint: what it promises, who may call it, and what it does. */
export interface Route extends Contract {
  readonly access: Access;
  readonly handle: (request: Request, response: Response, desk: Desk) => Promise<void>;
}

/** What every handler needs of the server around it. */
export interface Desk {
  readonly knex: Knex;
  readonly authenticator: Authenticator;
  /** Reads the body of a caller who may send one. */
  readonly readBody: BodyReader;
}

interface Typed<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> extends Contract {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
}

/** The checked parts of a request. */
export interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly request: Request;
  readonly response: Response;
}

export interface AccountCall<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> extends Input<
  P,
  Q,
  B
> {
  readonly caller: AccountCaller;
  /** Reads and writes of this call. A call that changes something is one transaction, its audit entry included. */
  readonly knex: Knex;
  /** Notes what was changed, by whom; every change of configuration does. */
  readonly audit: (entry: AuditEntry) => void;
}

/** Whose the large bodies are of whoever runs the server, and of callers who are not known. */
const OPERATOR = 'operator';
export const ANYBODY = 'anybody';

/** An endpoint for a user or a program of an account. Its answer is what `handle` returns. */
export function accountEndpoint<
  P extends z.ZodType = z.ZodType<object>,
  Q extends z.ZodType = z.ZodType<object>,
  B extends z.ZodType = z.ZodType<undefined>,
>(
  contract: Typed<P, Q, B> & {
    readonly scope: Scope;
    /** Reads only, though it is no GET. */
    readonly isReadOnly?: boolean;
    /** Its transactions are its own: a body that is read as it comes would keep one open for as long as that takes. */
    readonly transactions?: 'own';
    readonly handle: (call: AccountCall<P, Q, B>) => Promise<unknown>;
  },
): Route {
  const { scope, isReadOnly = contract.method === 'get', transactions, handle, ...shown } = contract;
  return {
    ...shown,
    access: { scope },
    handle: async (request, response, desk) => {
      const caller = await desk.authenticator.requireScope(request, scope);
      const input = await inputOf(contract, request, response, desk, caller.accountId);
      const kind = isReadOnly ? 'reading' : transactions;
      const answer = await carriedOut(kind, contract, { response, desk, caller }, (knex, audit) =>
        handle({ ...input, caller, knex, audit }),
      );
      send(response, contract, answer);
    },
  };
}

/** What a call is carried out with. */
interface Carried {
  readonly response: Response;
  readonly desk: Desk;
  readonly caller: AccountCaller;
}

/** Does what a call asks for: a reading without a transaction, a change in one, or in those of its own. */
function carriedOut(
  kind: 'reading' | 'own' | undefined,
  contract: Contract,
  { response, desk, caller }: Carried,
  work: (knex: Knex, audit: (entry: AuditEntry) => void) => Promise<unknown>,
): Promise<unknown> {
  if (kind === 'reading') return work(desk.knex, refuseNote);
  const requestId = response.get('X-Request-Id') ?? '';
  return (kind === 'own' ? notedApart : noted)(contract, desk.knex, caller, requestId, work);
}

function refuseNote(): never {
  throw new Error('A call that reads has nothing to note.');
}

/** An endpoint for whoever is signed in, about themselves; a transaction as one of an account is. */
export function userEndpoint<
  P extends z.ZodType = z.ZodType<object>,
  Q extends z.ZodType = z.ZodType<object>,
  B extends z.ZodType = z.ZodType<undefined>,
>(
  contract: Typed<P, Q, B> & {
    /** Its transactions are its own: what waits long in between would keep one open. */
    readonly transactions?: 'own';
    readonly handle: (
      call: Omit<AccountCall<P, Q, B>, 'caller'> & { readonly user: SignedInUser; readonly session: string },
    ) => Promise<unknown>;
  },
): Route {
  const { transactions, handle, ...shown } = contract;
  return {
    ...shown,
    access: 'user',
    handle: async (request, response, desk) => {
      const { user, token } = await desk.authenticator.requireUser(request);
      const input = await inputOf(contract, request, response, desk, user.accountId);
      const kind = contract.method === 'get' ? 'reading' : transactions;
      const answer = await carriedOut(
        kind,
        contract,
        { response, desk, caller: callerOf(user) },
        (knex, audit) => handle({ ...input, user, session: token, knex, audit }),
      );
      send(response, contract, answer);
    },
  };
}

/** What is asked before a transaction: nothing may be changed yet. */
export type ConsultingCall<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Omit<
  AccountCall<P, Q, B>,
  'audit'
>;

/**
 * An endpoint that asks another system before it changes something: a transaction must not wait for others. What `prepare`
 * answers is given to `handle`, which is the transaction.
 */
export function consultingEndpoint<
  W,
  P extends z.ZodType = z.ZodType<object>,
  Q extends z.ZodType = z.ZodType<object>,
  B extends z.ZodType = z.ZodType<undefined>,
>(
  contract: Typed<P, Q, B> & {
    readonly scope: Scope;
    readonly prepare: (call: ConsultingCall<P, Q, B>) => Promise<W>;
    readonly handle: (call: AccountCall<P, Q, B>, prepared: W) => Promise<unknown>;
  },
): Route {
  const { scope, prepare, handle, ...shown } = contract;
  return {
    ...shown,
    access: { scope },
    handle: async (request, response, desk) => {
      const caller = await desk.authenticator.requireScope(request, scope);
      const input = await inputOf(contract, request, response, desk, caller.accountId);
      const prepared = await prepare({ ...input, caller, knex: desk.knex });
      const answer = await carriedOut(undefined, contract, { response, desk, caller }, (knex, audit) =>
        handle({ ...input, caller, knex, audit }, prepared),
      );
      send(response, contract, answer);
    },
  };
}

/** An endpoint for whoever runs the server. */
export function operatorEndpoint<
  P extends z.ZodType = z.ZodType<object>,
  Q extends z.ZodType = z.ZodType<object>,
  B extends z.ZodType = z.ZodType<undefined>,
>(
  contract: Typed<P, Q, B> & {
    readonly handle: (call: Input<P, Q, B> & { readonly knex: Knex }) => Promise<unknown>;
  },
): Route {
  const { handle, ...shown } = contract;
  return {
    ...shown,
    access: 'operator',
    handle: async (request, response, desk) => {
      desk.authenticator.requireOperator(request);
      const input = await inputOf(contract, request, response, desk, OPERATOR);
      send(response, contract, await handle({ ...input, knex: desk.knex }));
    },
  };
}

/** An endpoint that checks its caller itself: a Salesforce org's token, or nobody's. */
export function openEndpoint<
  P extends z.ZodType = z.ZodType<object>,
  Q extends z.ZodType = z.ZodType<object>,
  B extends z.ZodType = z.ZodType<undefined>,
  C = undefined,
>(
  contract: Typed<P, Q, B> & {
    readonly access: 'public' | 'plugin';
    /** Who calls is asked before what was sent is looked at. */
    readonly authenticate: (request: Request) => Promise<C>;
    /** Whose a large body is: an id of the account, or of something that it alone has. */
    readonly accountOf?: (caller: C) => string;
    readonly handle: (call: Input<P, Q, B> & { readonly knex: Knex; readonly caller: C }) => Promise<unknown>;
    /** Is told of what a known caller was refused for, be it before `handle` or in it. */
    readonly refused?: (call: RefusedCall<C>) => Promise<void>;
  },
): Route {
  const { handle, authenticate, accountOf, refused, ...shown } = contract;
  return {
    ...shown,
    handle: async (request, response, desk) => {
      const caller = await authenticate(request);
      try {
        const input = await inputOf(contract, request, response, desk, accountOf?.(caller) ?? ANYBODY);
        send(response, contract, await handle({ ...input, knex: desk.knex, caller }));
      } catch (problem) {
        if (refused && problem instanceof Problem)
          await refused({ problem, request, caller, knex: desk.knex });
        throw problem;
      }
    },
  };
}

/** A call that was refused. */
export interface RefusedCall<C> {
  readonly problem: Problem;
  readonly request: Request;
  readonly caller: C;
  readonly knex: Knex;
}

/** Who calls a public endpoint is not asked. */
export const anybody = (): Promise<undefined> => Promise.resolve(undefined);

/** What a handler that has written its answer itself returns. */
export const ANSWERED = Symbol('answered');

function send(response: Response, contract: Contract, answer: unknown): void {
  if (answer === ANSWERED) return;
  const status = contract.answer?.status ?? 200;
  response.statusCode = status;
  if (status === 204) response.end();
  else sendJson(response, answer);
}

/** Express would make an ETag of each answer too, though none may be stored. */
function sendJson(response: Response, answer: unknown): void {
  const body = Buffer.from(JSON.stringify(answer));
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

const NOTHING = z.strictObject({});

/** Who calls is known by now: nobody else's body is read. */
async function inputOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  contract: Typed<P, Q, B>,
  request: Request,
  response: Response,
  desk: Desk,
  account: string,
): Promise<Input<P, Q, B>> {
  await desk.readBody(request, response, { limit: contract.bodyLimit, kind: contract.bodyKind, account });
  // A contract without a schema takes nothing: its types say `object` and `undefined`.
  const params = validated(contract.params ?? NOTHING, request.params, 'invalid-path') as z.output<P>;
  const query = validated(contract.query ?? NOTHING, request.query, 'invalid-query') as z.output<Q>;
  contract.refuseSize?.(request.body);
  const body = (contract.body ? validated(contract.body, request.body) : undefined) as z.output<B>;
  return { params, query, body, request, response };
}
