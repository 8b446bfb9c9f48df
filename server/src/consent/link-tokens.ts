import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

export const LINK_PURPOSES = ['unsubscribe', 'preferences', 'confirmation'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** What a link says. Nothing of it is personal: ids, and what for. */
export interface LinkClaims {
  readonly purpose: LinkPurpose;
  readonly projectId: string;
  readonly identityId: string;
  /** Null for all opt-ins of the project. */
  readonly optInId: string | null;
  /** Links of an older generation were revoked. */
  readonly generation: number;
}

/*
 * A token, before it is written as base64url:
 *   1 version | 1 purpose | 2 number of the key | 4 generation | 16 project | 16 person | 16 opt-in, zeros for all | 32 HMAC-SHA-256
 */
const VERSION = 1;
const PLACES = {
  version: 0,
  purpose: 1,
  key: 2,
  generation: 4,
  project: 8,
  identity: 24,
  optIn: 40,
  signature: 56,
};
const BYTES = 88;
const TOKEN = /^[\w-]{118}$/;
const ALL = '00000000-0000-0000-0000-000000000000';

/** A token for a link, signed. */
export function writeToken(claims: LinkClaims, key: { number: number; secret: KeyObject }): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUInt8(VERSION, PLACES.version);
  bytes.writeUInt8(LINK_PURPOSES.indexOf(claims.purpose), PLACES.purpose);
  bytes.writeUInt16BE(key.number, PLACES.key);
  bytes.writeUInt32BE(claims.generation, PLACES.generation);
  writeId(bytes, claims.projectId, PLACES.project);
  writeId(bytes, claims.identityId, PLACES.identity);
  writeId(bytes, claims.optInId ?? ALL, PLACES.optIn);
  signatureOf(bytes, key.secret).copy(bytes, PLACES.signature);
  return bytes.toString('base64url');
}

/** A token whose signature has not been looked at yet. */
export class UnverifiedToken {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Null for a text that is no token at all. */
  static read(text: string): UnverifiedToken | null {
    if (!TOKEN.test(text)) return null;
    const bytes = Buffer.from(text, 'base64url');
    // The last character holds bits that no byte takes: of several ways to write a token one is right.
    return bytes.length === BYTES && bytes.toString('base64url') === text ? new UnverifiedToken(bytes) : null;
  }

  get keyNumber(): number {
    return this.#bytes.readUInt16BE(PLACES.key);
  }

  /** What it says; null where the key has not signed it. Takes the same time whatever is wrong. */
  verify(secret: KeyObject): LinkClaims | null {
    const isSigned = timingSafeEqual(
      signatureOf(this.#bytes, secret),
      this.#bytes.subarray(PLACES.signature),
    );
    const purpose = LINK_PURPOSES[this.#bytes.readUInt8(PLACES.purpose)];
    if (!isSigned || purpose === undefined || this.#bytes.readUInt8(PLACES.version) !== VERSION) return null;
    const optInId = readId(this.#bytes, PLACES.optIn);
    return {
      purpose,
      projectId: readId(this.#bytes, PLACES.project),
      identityId: readId(this.#bytes, PLACES.identity),
      optInId: optInId === ALL ? null : optInId,
      generation: this.#bytes.readUInt32BE(PLACES.generation),
    };
  }
}

function signatureOf(bytes: Buffer, secret: KeyObject): Buffer {
  return createHmac('sha256', secret).update(bytes.subarray(0, PLACES.signature)).digest();
}

function writeId(bytes: Buffer, id: string, place: number): void {
  bytes.write(id.replaceAll('-', ''), place, 'hex');
}

function readId(bytes: Buffer, place: number): string {
  const hex = bytes.toString('hex', place, place + 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
