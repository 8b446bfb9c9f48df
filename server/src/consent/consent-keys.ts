import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Knex } from 'knex';
import type { SealedKind } from '../auth/sealed-kinds.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import type { Session } from '../database/session.ts';
import { normalizedAddress } from '../values/email-address.ts';

/** `links` signs links, `addresses` makes hashes of addresses. */
type Purpose = 'links' | 'addresses';

/** There is one of each so far. A later one gets the next number, and this one goes on verifying. */
const FIRST = 1;
const BYTES = 32;

const sealedFor = (purpose: string, number: number): string => `consent-key:${purpose}:${number}`;

export const sealedConsentKeys: SealedKind = {
  what: 'keys of consent (links of mails, hashes of addresses)',
  samples: async (knex) => {
    const rows = await knex('di.consent_key').select<
      { purpose: string; number: number; sealed_secret: string }[]
    >('purpose', 'number', 'sealed_secret');
    return rows.map((row) => ({ sealed: row.sealed_secret, purpose: sealedFor(row.purpose, row.number) }));
  },
  isReplaceable: false,
};

/**
 * Keys that links are signed and addresses hashed with. They live in the database, sealed, and never go away: a link in a
 * mail of ten years ago still has to withdraw.
 */
export class ConsentKeys {
  readonly #box: SecretBox;
  readonly #known = new Map<string, KeyObject>();

  constructor(box: SecretBox) {
    this.#box = box;
  }

  /** The key that signs links now, with its number. */
  async signing(session: Session): Promise<{ number: number; secret: KeyObject }> {
    return { number: FIRST, secret: await this.#key(session, 'links') };
  }

  /** The key of that number; null where there is none. */
  async verifying(session: Session, number: number): Promise<KeyObject | null> {
    return number === FIRST ? this.#key(session, 'links') : null;
  }

  /**
   * A keyed hash of an address, however it is written: it says nothing to whoever has only the database, and still finds
   * the proof of a withdrawal after everything personal was erased.
   */
  async hashAddress(session: Session, address: string): Promise<Buffer> {
    const secret = await this.#key(session, 'addresses');
    return createHmac('sha256', secret).update(normalizedAddress(address)).digest();
  }

  /** The same of what else somebody can be told by when they come back: a primary key, or a record's id. */
  async hashMark(session: Session, kind: 'key' | 'record', text: string): Promise<Buffer> {
    const secret = await this.#key(session, 'addresses');
    // No address has a NUL: one kind is never taken for another.
    return createHmac('sha256', secret).update(`${kind}\0${text}`).digest();
  }

  /** Seals every key again that was sealed with an encryption key on its way out. */
  async reseal(knex: Knex): Promise<number> {
    const rows = await knex('di.consent_key').select<
      { purpose: string; number: number; sealed_secret: string }[]
    >('purpose', 'number', 'sealed_secret');
    const outdated = rows.filter((row) => this.#box.isOutdated(row.sealed_secret));
    for (const { purpose, number, sealed_secret } of outdated) {
      const secret = this.#box.open(sealed_secret, sealedFor(purpose, number));
      await knex('di.consent_key')
        .where({ purpose, number, sealed_secret })
        .update({ sealed_secret: this.#box.seal(secret, sealedFor(purpose, number)) });
    }
    return outdated.length;
  }

  /**
   * Made when it is first needed. A key of this very transaction is not kept in memory: it would outlive the transaction's
   * end without having been stored.
   */
  async #key(session: Session, purpose: Purpose): Promise<KeyObject> {
    const known = this.#known.get(purpose);
    if (known) return known;
    const found = (await this.#read(session, purpose)) ?? (await this.#create(session, purpose));
    const secret = createSecretKey(
      this.#box.open(found.sealed_secret, sealedFor(purpose, FIRST)),
      'base64url',
    );
    if (found.is_committed) this.#known.set(purpose, secret);
    return secret;
  }

  async #read(
    session: Session,
    purpose: Purpose,
  ): Promise<{ sealed_secret: string; is_committed: boolean } | null> {
    const rows = await session.query<{ sealed_secret: string; is_committed: boolean }>(
      'SELECT sealed_secret, created_at < now() AS is_committed FROM di.consent_key WHERE purpose = $1 AND number = $2',
      [purpose, FIRST],
    );
    return rows[0] ?? null;
  }

  async #create(
    session: Session,
    purpose: Purpose,
  ): Promise<{ sealed_secret: string; is_committed: boolean }> {
    const sealed = this.#box.seal(randomBytes(BYTES).toString('base64url'), sealedFor(purpose, FIRST));
    // Another copy of the server may be faster: its key is the one then.
    await session.query(
      'INSERT INTO di.consent_key (purpose, number, sealed_secret) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [purpose, FIRST, sealed],
    );
    const found = await this.#read(session, purpose);
    if (!found) throw new Error(`The consent key for ${purpose} was not stored.`);
    return found;
  }
}
