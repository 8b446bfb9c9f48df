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
}

interface ConnectionRow {
  readonly id: string;
  readonly account_id: string;
  readonly project_id: string;
  readonly name: string;
  readonly status: 'active' | 'revoked';
  readonly secret_hash: Buffer;
  readonly organization_id: string | null;
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

  async revoke(id: string): Promise<void> {
    const changed = await this.#knex('di.connection')
      .where({ id, account_id: this.#accountId })
      .update({ status: 'revoked' });
    if (changed === 0) throw notFound(`connection ${id}`);
  }

  async find(id: string): Promise<Connection> {
    const row = await this.#knex('di.connection')
      .where({ id, account_id: this.#accountId })
      .first<ConnectionRow | undefined>();
    if (!row) throw notFound(`connection ${id}`);
    return connectionOf(row);
  }

  /** Across accounts: a key id says by itself whose it is. */
  async findByKeyId(keyId: string): Promise<Connection | null> {
    const row = await this.#knex('di.connection').where({ key_id: keyId }).first<ConnectionRow | undefined>();
    return row ? connectionOf(row) : null;
  }

  /** Binds the connection to its first organization; answers the one it is bound to, of two that come at once one's. */
  async bind(
    id: string,
    organizationId: string,
    organization: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const [row] = await this.#knex('di.connection')
      .where({ id })
      .andWhere((either) => {
        void either.whereNull('organization_id').orWhere({ organization_id: organizationId });
      })
      .update({
        organization_id: organizationId,
        organization: JSON.stringify(organization),
        authorized_at: this.#knex.fn.now(),
      })
      .returning<{ organization_id: string }[]>('organization_id');
    return row?.organization_id ?? '';
  }
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
  };
}
