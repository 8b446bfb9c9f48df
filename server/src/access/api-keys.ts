import type { Knex } from 'knex';
import { z } from 'zod';
import { hashSecret, isSecret, newSecret } from './secrets.ts';
import type { Scope } from './scopes.ts';
import { notFound } from '../http/problem.ts';
import { randomBytes } from 'node:crypto';

interface ApiKeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly key_id: string;
  readonly secret_hash: Buffer;
  readonly scopes: Scope[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
  readonly revoked_at: Date | null;
}

export interface ApiKey {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** `dik_<key id>_<secret>`: a scanner of leaked secrets knows it by its prefix. */
const TOKEN = /^dik_([0-9a-f]{16})_([\w-]{43})$/;
/** Milliseconds between two notes of a key's use. */
const USE_NOTED_EVERY = 60_000;

/** Keys for programs. The secret is shown once; its hash stays. */
export class ApiKeys {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async create(
    accountId: string,
    key: { name: string; scopes: readonly Scope[]; expiresAt: string | null },
  ): Promise<{ id: string; token: string }> {
    const keyId = randomBytes(8).toString('hex');
    const secret = newSecret();
    const [row] = await this.#knex('di.api_key')
      .insert({
        account_id: accountId,
        name: key.name,
        key_id: keyId,
        secret_hash: hashSecret(secret),
        scopes: key.scopes,
        expires_at: key.expiresAt,
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The API key was not stored.');
    return { id: row.id, token: `dik_${keyId}_${secret}` };
  }

  async list(accountId: string): Promise<Record<string, unknown>[]> {
    const rows = await this.#knex('di.api_key')
      .where({ account_id: accountId })
      .orderBy('created_at')
      .select<ApiKeyRow[]>();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      keyId: row.key_id,
      scopes: row.scopes,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
      revokedAt: row.revoked_at,
    }));
  }

  async revoke(accountId: string, id: string): Promise<void> {
    const changed = await this.#knex('di.api_key')
      .where({ id, account_id: accountId })
      .update({ revoked_at: this.#knex.fn.now() });
    if (changed === 0) throw notFound(`API key ${id}`);
  }

  /** The key of a token, or null. Across accounts: a key says by itself whose it is. */
  async authenticate(token: string): Promise<ApiKey | null> {
    const [, keyId, secret = ''] = TOKEN.exec(token) ?? [];
    if (keyId === undefined) return null;
    const row = await this.#knex('di.api_key').where({ key_id: keyId }).first<ApiKeyRow | undefined>();
    if (!row || !isSecret(secret, row.secret_hash)) return null;
    const now = Date.now();
    if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at.getTime() <= now)) return null;
    if (row.used_at === null || now - row.used_at.getTime() > USE_NOTED_EVERY)
      await this.#knex('di.api_key')
        .where({ id: row.id })
        .update({ used_at: new Date(now) });
    return { id: row.id, accountId: row.account_id, name: row.name, scopes: row.scopes };
  }
}

export const apiKeyAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  keyId: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  usedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
