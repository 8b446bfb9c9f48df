import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Knex } from 'knex';
import type { SealedKind } from './sealed-kinds.ts';
import type { SecretBox } from './secret-box.ts';

/** A key that signs tokens. */
export interface SigningKey {
  readonly id: string;
  /** As a key object: a buffer would be tried as a public key first, with every token. */
  readonly secret: KeyObject;
  readonly signsFrom: number;
}

const BYTES = 32;
/** Milliseconds after which the list is read again, so that a key made by another copy of the server is known in time. */
const FRESH = 30_000;
/** Milliseconds between two looks for an unknown key id: a flood of forged tokens must not become a flood of queries. */
const PATIENCE = 1_000;
/** Milliseconds before a new key signs: by then every copy has read it. */
const LEAD = 2 * FRESH;

const purpose = (id: string): string => `signing-key:${id}`;

/** A copy of the server that was started with other encryption keys may have made some. */
export const sealedSigningKeys: SealedKind = {
  what: 'keys that sign access tokens',
  samples: async (knex) => {
    const rows = await knex('di.signing_key').select<{ id: string; sealed_secret: string }[]>();
    return rows.map((row) => ({ sealed: row.sealed_secret, purpose: purpose(row.id) }));
  },
  isReplaceable: true,
};

/**
 * The keys that sign access tokens. They live in the database, sealed, and rotate while every copy of the server runs: a
 * new key is read by all of them before it signs, and an old one verifies for as long as tokens of it may live.
 */
export class SigningKeys {
  readonly #knex: Knex;
  readonly #box: SecretBox;
  /** Milliseconds that a token lives. */
  readonly #lifetime: number;
  #keys: readonly SigningKey[] = [];
  #readAt = 0;

  constructor(knex: Knex, box: SecretBox, tokenLifetime: number) {
    this.#knex = knex;
    this.#box = box;
    this.#lifetime = tokenLifetime * 1000;
  }

  /** The key that signs now; the first one is made when there is none. */
  async current(): Promise<SigningKey> {
    if (Date.now() - this.#readAt > FRESH) await this.#read();
    if (this.#keys.length === 0) {
      await this.#create(new Date());
      await this.#read();
    }
    const now = Date.now();
    const found = this.#keys.find((key) => key.signsFrom <= now) ?? this.#keys.at(-1);
    if (!found) throw new Error('There is no key to sign with.');
    return found;
  }

  /** The key of that id, or null. */
  async find(id: string): Promise<SigningKey | null> {
    const known = this.#keys.find((key) => key.id === id);
    if (known) return known;
    if (Date.now() - this.#readAt > PATIENCE) await this.#read();
    return this.#keys.find((key) => key.id === id) ?? null;
  }

  /** Makes a key that signs soon; answers its id and when. */
  async rotate(): Promise<{ id: string; signsFrom: string }> {
    const signsFrom = new Date(Date.now() + LEAD);
    const id = await this.#create(signsFrom);
    await this.#read();
    return { id, signsFrom: signsFrom.toISOString() };
  }

  /** Forgets keys whose tokens have all expired: those that another one has long signed in the place of. */
  async forgetExpired(): Promise<number> {
    return this.#knex('di.signing_key as old')
      .whereExists(
        this.#knex('di.signing_key as newer')
          .whereRaw('newer.signs_from > old.signs_from')
          .where('newer.signs_from', '<', new Date(Date.now() - this.#lifetime - LEAD)),
      )
      .delete();
  }

  /** Seals every key again that was sealed with an encryption key on its way out. */
  async reseal(): Promise<number> {
    const rows = await this.#knex('di.signing_key').select<{ id: string; sealed_secret: string }[]>();
    const outdated = rows.filter((row) => this.#box.isOutdated(row.sealed_secret) && this.#opens(row));
    for (const row of outdated) {
      const secret = this.#box.open(row.sealed_secret, purpose(row.id));
      await this.#knex('di.signing_key')
        .where({ id: row.id, sealed_secret: row.sealed_secret })
        .update({ sealed_secret: this.#box.seal(secret, purpose(row.id)) });
    }
    return outdated.length;
  }

  async #create(signsFrom: Date): Promise<string> {
    const id = randomBytes(8).toString('hex');
    const sealed = this.#box.seal(randomBytes(BYTES).toString('base64url'), purpose(id));
    await this.#knex('di.signing_key').insert({ id, sealed_secret: sealed, signs_from: signsFrom });
    return id;
  }

  #opens({ id, sealed_secret: sealed }: { readonly id: string; readonly sealed_secret: string }): boolean {
    return this.#box.opens(sealed, purpose(id));
  }

  async #read(): Promise<void> {
    const rows = await this.#knex('di.signing_key')
      .orderBy('signs_from', 'desc')
      .select<{ id: string; sealed_secret: string; signs_from: Date }[]>('id', 'sealed_secret', 'signs_from');
    // One that was sealed with another encryption key is no reason to refuse the tokens of all the others.
    this.#keys = rows
      .filter((row) => this.#opens(row))
      .map((row) => ({
        id: row.id,
        secret: createSecretKey(this.#box.open(row.sealed_secret, purpose(row.id)), 'base64url'),
        signsFrom: row.signs_from.getTime(),
      }));
    this.#readAt = Date.now();
  }
}
