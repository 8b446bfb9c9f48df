import type { Knex } from 'knex';
import type { Granted } from '../salesforce/grants.ts';
import type { OrganizationFacts } from '../salesforce/organization-facts.ts';
import type { ApiUsage } from '../salesforce/org.ts';
import type { AuthorizationKind, AuthorizationSecrets, Credentials } from './credentials.ts';

/**
 * authorized: calls work. revoked: Salesforce takes the credentials no longer, somebody must authorize again. failed:
 * something in the org is in the way; a test of the connection tries again.
 */
export const AUTHORIZATION_STATUSES = ['authorized', 'revoked', 'failed'] as const;
export type AuthorizationStatus = (typeof AUTHORIZATION_STATUSES)[number];

/** How a connection reaches its org, without what is secret. */
export interface Authorization {
  readonly connectionId: string;
  readonly accountId: string;
  readonly kind: AuthorizationKind;
  readonly loginOrigin: string;
  readonly clientId: string | null;
  readonly userName: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly organization: OrganizationFacts;
  readonly instanceUrl: string;
  readonly sessionVersion: number;
  readonly status: AuthorizationStatus;
  readonly statusCode: string | null;
  /** What is wrong and what to do; null while all is well. */
  readonly statusMessage: string | null;
  readonly statusSince: Date;
  readonly authorizedAt: Date;
  readonly authorizedBy: string;
  readonly usage: (ApiUsage & { readonly seenAt: Date }) | null;
}

interface AuthorizationRow {
  readonly connection_id: string;
  readonly account_id: string;
  readonly kind: AuthorizationKind;
  readonly login_origin: string;
  readonly client_id: string | null;
  readonly user_name: string;
  readonly user_id: string;
  readonly organization_id: string;
  readonly organization: OrganizationFacts;
  readonly instance_url: string;
  readonly sealed_credentials: string;
  readonly sealed_session: string | null;
  readonly session_version: number;
  readonly status: AuthorizationStatus;
  readonly status_code: string | null;
  readonly status_message: string | null;
  readonly status_since: Date;
  readonly authorized_at: Date;
  readonly authorized_by: string;
  readonly api_used: number | null;
  readonly api_limit: number | null;
  readonly api_seen_at: Date | null;
}

/** An authorization with its secrets opened. */
export interface OpenedAuthorization extends Authorization {
  readonly credentials: Credentials;
  readonly accessToken: string | null;
}

/** A change of an authorization's status, for whoever tells people. */
export interface StatusChange {
  readonly accountId: string;
  readonly connectionId: string;
  readonly status: AuthorizationStatus;
  readonly code: string | null;
  readonly message: string | null;
}

/** Told of each change in the transaction that makes it. */
export type StatusListener = (transaction: Knex, change: StatusChange) => Promise<void>;

/** Seconds that a copy of the server may take for a new session before another one tries; a log-in takes less. */
const RENEWAL = 60;

/** Authorizations of connections in the database. */
export class Authorizations {
  readonly #knex: Knex;
  readonly #secrets: AuthorizationSecrets;
  readonly #listener: StatusListener;

  constructor(knex: Knex, secrets: AuthorizationSecrets, listener: StatusListener = () => Promise.resolve()) {
    this.#knex = knex;
    this.#secrets = secrets;
    this.#listener = listener;
  }

  /** The authorization of an account's connection, without its secrets. */
  async find(accountId: string, connectionId: string, knex = this.#knex): Promise<Authorization | null> {
    const row = await knex('di.salesforce_authorization')
      .where({ connection_id: connectionId, account_id: accountId })
      .first<AuthorizationRow | undefined>();
    return row ? authorizationOf(row) : null;
  }

  /** What a connection that stands is authorized with; null where there is nothing. */
  async open(connectionId: string): Promise<OpenedAuthorization | null> {
    const row = await this.#knex('di.salesforce_authorization as a')
      .join('di.connection as c', 'c.id', 'a.connection_id')
      .where({ 'a.connection_id': connectionId, 'c.status': 'active' })
      .first<AuthorizationRow | undefined>('a.*');
    if (!row) return null;
    return {
      ...authorizationOf(row),
      credentials: this.#secrets.openCredentials(connectionId, row.sealed_credentials),
      accessToken: row.sealed_session && this.#secrets.openSession(connectionId, row.sealed_session),
    };
  }

  /** Takes the place of whatever the connection was authorized with before. */
  async store(
    transaction: Knex,
    authorized: {
      readonly accountId: string;
      readonly connectionId: string;
      readonly loginOrigin: string;
      readonly clientId: string | null;
      readonly credentials: Credentials;
      readonly granted: Granted;
      readonly organization: OrganizationFacts;
      readonly userName: string;
      readonly by: string;
    },
  ): Promise<void> {
    const { connectionId, credentials, granted } = authorized;
    const now = transaction.fn.now();
    await transaction('di.salesforce_authorization')
      .insert({
        connection_id: connectionId,
        account_id: authorized.accountId,
        kind: credentials.kind,
        login_origin: authorized.loginOrigin,
        client_id: authorized.clientId,
        user_name: authorized.userName,
        user_id: granted.userId,
        organization_id: granted.organizationId,
        organization: JSON.stringify(authorized.organization),
        instance_url: granted.instanceUrl,
        sealed_credentials: this.#secrets.sealCredentials(connectionId, credentials),
        sealed_session: this.#secrets.sealSession(connectionId, granted.accessToken),
        session_version: 1,
        authorized_by: authorized.by,
        authorized_at: now,
      })
      .onConflict('connection_id')
      // Versions go on: whoever still holds the session before this one sees that it is not the latest.
      .merge({
        ...Object.fromEntries(REPLACED.map((column) => [column, transaction.raw('excluded.??', [column])])),
        session_version: transaction.raw('salesforce_authorization.session_version + 1'),
        renewing_until: null,
      });
    await this.#setStatus(transaction, connectionId, { status: 'authorized', code: null, message: null });
  }

  /** Claims the next session of this version; no other copy of the server asks for it meanwhile. */
  async claimRenewal(connectionId: string, version: number): Promise<boolean> {
    const claimed = await this.#knex('di.salesforce_authorization')
      .where({ connection_id: connectionId, session_version: version })
      .whereRaw('(renewing_until IS NULL OR renewing_until < now())')
      .update({ renewing_until: this.#knex.raw('now() + make_interval(secs => ?)', [RENEWAL]) });
    return claimed === 1;
  }

  /** Lets others try again where no new session came of it. */
  async releaseRenewal(connectionId: string, version: number): Promise<void> {
    await this.#knex('di.salesforce_authorization')
      .where({ connection_id: connectionId, session_version: version })
      .update({ renewing_until: null });
  }

  /**
   * Stores a new session, and the refresh token of the next one with it, before anybody uses either. Answers false where the
   * connection was authorized anew meanwhile.
   */
  async storeSession(
    connectionId: string,
    version: number,
    granted: Granted,
    credentials: Credentials,
  ): Promise<boolean> {
    const stored = await this.#knex('di.salesforce_authorization')
      .where({ connection_id: connectionId, session_version: version })
      .update({
        sealed_credentials: this.#secrets.sealCredentials(connectionId, credentials),
        sealed_session: this.#secrets.sealSession(connectionId, granted.accessToken),
        instance_url: granted.instanceUrl,
        session_version: version + 1,
        renewing_until: null,
      });
    return stored === 1;
  }

  /** Notes that an authorization works, or why not; of one that was replaced meanwhile nothing is said. */
  async note(
    connectionId: string,
    version: number,
    state: Pick<StatusChange, 'status' | 'code' | 'message'>,
  ): Promise<void> {
    await this.#knex.transaction((transaction) => this.#setStatus(transaction, connectionId, state, version));
  }

  async noteUsage(connectionId: string, usage: ApiUsage): Promise<void> {
    await this.#knex('di.salesforce_authorization')
      .where({ connection_id: connectionId })
      .update({ api_used: usage.used, api_limit: usage.limit, api_seen_at: this.#knex.fn.now() });
  }

  /** Forgets an authorization and its secrets; answers whether there was one. */
  async forget(knex: Knex, accountId: string, connectionId: string): Promise<boolean> {
    const deleted = await knex('di.salesforce_authorization')
      .where({ connection_id: connectionId, account_id: accountId })
      .delete();
    return deleted > 0;
  }

  /** Seals secrets again that were sealed with an encryption key on its way out; answers of how many. */
  async reseal(): Promise<number> {
    const rows = await this.#knex('di.salesforce_authorization').select<AuthorizationRow[]>(
      'connection_id',
      'session_version',
      'sealed_credentials',
      'sealed_session',
    );
    let count = 0;
    for (const row of rows) {
      const sealed = this.#secrets.resealed(row.connection_id, row.sealed_credentials, row.sealed_session);
      if (!sealed) continue;
      // A session that came meanwhile was sealed with the new key.
      count += await this.#knex('di.salesforce_authorization')
        .where({ connection_id: row.connection_id, session_version: row.session_version })
        .update({ sealed_credentials: sealed.credentials, sealed_session: sealed.session });
    }
    return count;
  }

  async #setStatus(
    transaction: Knex,
    connectionId: string,
    state: Pick<StatusChange, 'status' | 'code' | 'message'>,
    version?: number,
  ): Promise<void> {
    const [changed] = await transaction('di.salesforce_authorization')
      .where({ connection_id: connectionId, ...(version === undefined ? {} : { session_version: version }) })
      .whereNot({ status: state.status })
      .update({
        status: state.status,
        status_code: state.code,
        status_message: state.message,
        status_since: transaction.fn.now(),
      })
      .returning<{ account_id: string }[]>('account_id');
    if (changed) await this.#listener(transaction, { accountId: changed.account_id, connectionId, ...state });
  }
}

/** What another authorization brings along. */
const REPLACED = [
  'kind',
  'login_origin',
  'client_id',
  'user_name',
  'user_id',
  'organization_id',
  'organization',
  'instance_url',
  'sealed_credentials',
  'sealed_session',
  'authorized_by',
  'authorized_at',
] as const;

function authorizationOf(row: AuthorizationRow): Authorization {
  return {
    connectionId: row.connection_id,
    accountId: row.account_id,
    kind: row.kind,
    loginOrigin: row.login_origin,
    clientId: row.client_id,
    userName: row.user_name,
    userId: row.user_id,
    organizationId: row.organization_id,
    organization: row.organization,
    instanceUrl: row.instance_url,
    sessionVersion: row.session_version,
    status: row.status,
    statusCode: row.status_code,
    statusMessage: row.status_message,
    statusSince: row.status_since,
    authorizedAt: row.authorized_at,
    authorizedBy: row.authorized_by,
    usage:
      row.api_used === null || row.api_limit === null || row.api_seen_at === null
        ? null
        : { used: row.api_used, limit: row.api_limit, seenAt: row.api_seen_at },
  };
}
