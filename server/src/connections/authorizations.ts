import type { Knex } from 'knex';
import type { Granted } from '../salesforce/grants.ts';
import type { OrganizationFacts } from '../salesforce/organization-facts.ts';
import type { ApiUsage } from '../salesforce/org.ts';
import {
  authorizationOf,
  type Authorization,
  type AuthorizationRow,
  type AuthorizationStatus,
} from './authorization.ts';
import type { AuthorizationSecrets, Credentials } from './credentials.ts';

/** An authorization with its secrets opened. */
export interface OpenedAuthorization extends Authorization {
  readonly credentials: Credentials;
  readonly accessToken: string | null;
  /** The connection's share of the org's daily API calls. */
  readonly apiShare: number;
}

/** A change of an authorization's status, for whoever tells people. */
export interface StatusChange {
  readonly accountId: string;
  readonly connectionId: string;
  readonly status: AuthorizationStatus;
  readonly code: string | null;
  readonly message: string | null;
}

/** Told of each change, and of each authorization, in the transaction that makes it. */
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
      .first<(AuthorizationRow & { readonly api_share: number }) | undefined>('a.*', 'c.api_share');
    if (!row) return null;
    return {
      apiShare: row.api_share,
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
        ...WELL,
        status_since: now,
      });
    // Told in any case: what had failed may have been forgotten before it was authorized anew.
    const well = { status: 'authorized', code: null, message: null } as const;
    await this.#listener(transaction, { accountId: authorized.accountId, connectionId, ...well });
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
    version: number,
  ): Promise<void> {
    const [changed] = await transaction('di.salesforce_authorization')
      .where({ connection_id: connectionId, session_version: version })
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

const WELL = { status: 'authorized', status_code: null, status_message: null } as const;

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
