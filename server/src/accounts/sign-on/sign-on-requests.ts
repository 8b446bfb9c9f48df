import type { Knex } from 'knex';
import { z } from 'zod';
import type { SecretBox } from '../../access/secret-box.ts';
import { hashSecret } from '../../access/secrets.ts';

/** Minutes that somebody has for signing in at the provider. */
const LIFETIME = 15;

const requestSchema = z.object({
  nonce: z.string(),
  verifier: z.string(),
  /** Where in the console they were, as its address says after the path. */
  returnTo: z.string(),
});
export type SignOnRequest = z.output<typeof requestSchema>;

const purpose = (stateHash: Buffer): string => `sign-on-request:${stateHash.toString('hex')}`;

/** Sign-ons on their way. The state that comes back with one is known by its hash, is good once, and in one browser. */
export class SignOnRequests {
  readonly #knex: Knex;
  readonly #box: SecretBox;

  constructor(knex: Knex, box: SecretBox) {
    this.#knex = knex;
    this.#box = box;
  }

  async keep(state: string, browserHash: Buffer, request: SignOnRequest): Promise<void> {
    const stateHash = hashSecret(state);
    await this.#knex('di.sign_on_request').insert({
      state_hash: stateHash,
      browser_hash: browserHash,
      sealed_request: this.#box.seal(JSON.stringify(request), purpose(stateHash)),
      expires_at: new Date(Date.now() + LIFETIME * 60_000),
    });
  }

  /** The request of a state, which is spent by asking; null for one that is forged, spent, too old or of another browser. */
  async redeem(state: string, browserHash: Buffer): Promise<SignOnRequest | null> {
    const stateHash = hashSecret(state);
    const [row] = await this.#knex('di.sign_on_request')
      .where({ state_hash: stateHash, browser_hash: browserHash })
      .where('expires_at', '>', this.#knex.fn.now())
      .delete()
      .returning<{ sealed_request: string }[]>('sealed_request');
    return row
      ? requestSchema.parse(JSON.parse(this.#box.open(row.sealed_request, purpose(stateHash))))
      : null;
  }
}

/** Forgets sign-ons that nobody came back from; answers how many. */
export async function forgetSignOns(knex: Knex): Promise<number> {
  return knex('di.sign_on_request').where('expires_at', '<', knex.fn.now()).delete();
}
