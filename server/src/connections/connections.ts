import type { Knex } from 'knex';
import { hashSecret, newKeyId, newSecret } from '../auth/secrets.ts';
import { notFound } from '../http/problem.ts';
import type { Project } from '../projects/projects.ts';

export interface Connection {
  readonly id: string;
  readonly accountId: string;
  readonly projectId: string;
  readonly name: string;
  readonly status: 'active' | 'revoked';
  readonly secretHash: Buffer;
  /** The first organization that introduced itself; null until one has. */
  readonly organizationId: string | null;
  readonly keyId: string;
  /** What the plugin said of its org and of itself; null before it introduced itself. */
  readonly isSandbox: boolean | null;
  readonly packageVersion: string | null;
  readonly pluginAuthorizedAt: Date | null;
  /** Of the org's daily API calls. */
  readonly apiShare: number;
}

/** A connection as a listing shows it, without its secret. */
export interface ConnectionSummary {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly status: 'active' | 'revoked';
  readonly keyId: string;
  readonly organizationId: string | null;
  readonly authorizedAt: Date | null;
  /** Of reaching the org; null where it is not authorized. */
  readonly authorization: 'authorized' | 'revoked' | 'failed' | null;
}

interface ConnectionRow {
  readonly id: string;
  readonly key_id: string;
  readonly authorized_at: Date | null;
  readonly account_id: string;
  readonly project_id: string;
  readonly name: string;
  readonly status: 'active' | 'revoked';
  readonly secret_hash: Buffer;
  readonly organization_id: string | null;
  readonly organization: { readonly isSandbox?: boolean | null } | null;
  readonly package_version: string | null;
  readonly api_share: number;
}

/** Third-party connections: the keys of one Salesforce org for one project. */
export class Connections {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a connection. The secret is in the answer and nowhere else. */
  async create(project: Project, name: string): Promise<{ id: string; keyId: string; secret: string }> {
    const keyId = newKeyId();
    const secret = newSecret();
    const [row] = await this.#knex('di.connection')
      .insert({
        account_id: this.#accountId,
        project_id: project.id,
        name,
        key_id: keyId,
        secret_hash: hashSecret(secret),
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The connection was not stored.');
    return { id: row.id, keyId, secret };
  }

  /** Puts a new secret in the old one's place; tokens already given live on until they expire. */
  async rotateSecret(id: string): Promise<string> {
    const secret = newSecret();
    const changed = await this.#knex('di.connection')
      .where({ id, account_id: this.#accountId })
      .update({ secret_hash: hashSecret(secret) });
    if (changed === 0) throw notFound(`connection ${id}`);
    return secret;
  }

  async change(id: string, { name, apiShare }: { name?: string; apiShare?: number }): Promise<void> {
    const changed = await this.#knex('di.connection')
      .where({ id, account_id: this.#accountId })
      .update({
        ...(name === undefined ? {} : { name }),
        ...(apiShare === undefined ? {} : { api_share: apiShare }),
      });
    if (changed === 0) throw notFound(`connection ${id}`);
  }

  /** Ends both ways: the plugin's keys are good no longer, and what the org was reached with is forgotten. */
  async revoke(id: string): Promise<void> {
    const changed = await this.#knex('di.connection')
      .where({ id, account_id: this.#accountId })
      .update({ status: 'revoked' });
    if (changed === 0) throw notFound(`connection ${id}`);
    for (const table of ['di.salesforce_authorization', 'di.authorization_request'])
      await this.#knex(table).where({ connection_id: id, account_id: this.#accountId }).delete();
  }

  /** Connections of the account. */
  async list(): Promise<ConnectionSummary[]> {
    const rows = await this.#knex('di.connection as c')
      .join('di.project as p', 'p.id', 'c.project_id')
      .leftJoin('di.salesforce_authorization as a', 'a.connection_id', 'c.id')
      .where('c.account_id', this.#accountId)
      .orderBy('c.created_at')
      .select<(ConnectionRow & { project: string; authorization: ConnectionSummary['authorization'] })[]>(
        'c.*',
        'p.code as project',
        'a.status as authorization',
      );
    return rows.map((row) => ({
      id: row.id,
      project: row.project,
      name: row.name,
      status: row.status,
      keyId: row.key_id,
      organizationId: row.organization_id,
      authorizedAt: row.authorized_at,
      authorization: row.authorization,
    }));
  }

  async find(id: string): Promise<Connection> {
    const row = await this.#knex('di.connection')
      .where({ id, account_id: this.#accountId })
      .first<ConnectionRow | undefined>();
    if (!row) throw notFound(`connection ${id}`);
    return connectionOf(row);
  }
}

/** A connection by the id that its token names, whoever's it is; null where there is none. */
export async function findConnection(knex: Knex, id: string): Promise<Connection | null> {
  const row = await knex('di.connection').where({ id }).first<ConnectionRow | undefined>();
  return row ? connectionOf(row) : null;
}

/** Across accounts: a key id says by itself whose it is. */
export async function findConnectionByKeyId(knex: Knex, keyId: string): Promise<Connection | null> {
  const row = await knex('di.connection').where({ key_id: keyId }).first<ConnectionRow | undefined>();
  return row ? connectionOf(row) : null;
}

/** Binds a connection to its first organization; answers whether it is that one's now. */
export async function bindConnection(
  knex: Knex,
  id: string,
  organizationId: string,
  organization: Readonly<Record<string, unknown>> & { readonly packageVersion?: string | null | undefined },
): Promise<boolean> {
  const changed = await knex('di.connection')
    .where({ id })
    .andWhere((either) => {
      void either.whereNull('organization_id').orWhere({ organization_id: organizationId });
    })
    .update({
      organization_id: organizationId,
      organization: JSON.stringify(organization),
      package_version: organization.packageVersion ?? null,
      authorized_at: knex.fn.now(),
    });
  return changed === 1;
}

function connectionOf(row: ConnectionRow): Connection {
  return {
    id: row.id,
    accountId: row.account_id,
    projectId: row.project_id,
    name: row.name,
    status: row.status,
    secretHash: row.secret_hash,
    organizationId: row.organization_id,
    keyId: row.key_id,
    isSandbox: row.organization?.isSandbox ?? null,
    packageVersion: row.package_version,
    pluginAuthorizedAt: row.authorized_at,
    apiShare: row.api_share,
  };
}
