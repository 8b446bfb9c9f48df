import { z } from 'zod';
import { oneOfEachKey, type SealedKind } from '../access/sealed-kinds.ts';
import type { SecretBox } from '../access/secret-box.ts';

/** How an org is reached: which of them an authorization is. */
export const AUTHORIZATION_KINDS = ['web-server', 'jwt-bearer', 'password'] as const;
export type AuthorizationKind = (typeof AUTHORIZATION_KINDS)[number];

const credentialsSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('web-server'),
    /** Null for the server's own app. */
    app: z.object({ clientId: z.string(), clientSecret: z.string().nullable() }).nullable(),
    refreshToken: z.string(),
  }),
  z.object({ kind: z.literal('jwt-bearer'), clientId: z.string(), privateKey: z.string() }),
  z.object({ kind: z.literal('password'), password: z.string(), securityToken: z.string() }),
]);

/** What a new session is asked for with. Secret: sealed at rest, and never answered or logged. */
export type Credentials = z.output<typeof credentialsSchema>;

/** Seals what an authorization keeps, each for its connection. */
export class AuthorizationSecrets {
  readonly #box: SecretBox;

  constructor(box: SecretBox) {
    this.#box = box;
  }

  sealCredentials(connectionId: string, credentials: Credentials): string {
    return this.#box.seal(JSON.stringify(credentials), credentialsPurpose(connectionId));
  }

  openCredentials(connectionId: string, sealed: string): Credentials {
    return credentialsSchema.parse(JSON.parse(this.#box.open(sealed, credentialsPurpose(connectionId))));
  }

  sealSession(connectionId: string, accessToken: string): string {
    return this.#box.seal(accessToken, sessionPurpose(connectionId));
  }

  openSession(connectionId: string, sealed: string): string {
    return this.#box.open(sealed, sessionPurpose(connectionId));
  }

  /** Sealed anew with the key that seals now; null where that key sealed it already. */
  resealed(connectionId: string, credentials: string, session: string | null): Resealed | null {
    if (![credentials, session].some((sealed) => sealed !== null && this.#box.isOutdated(sealed)))
      return null;
    return {
      credentials: this.sealCredentials(connectionId, this.openCredentials(connectionId, credentials)),
      session: session && this.sealSession(connectionId, this.openSession(connectionId, session)),
    };
  }
}

export interface Resealed {
  readonly credentials: string;
  readonly session: string | null;
}

export const sealedCredentials: SealedKind = {
  what: 'authorizations of connections in Salesforce',
  samples: async (knex) => {
    const { rows } = await knex.raw<{ rows: { sealed: string; connection_id: string }[] }>(
      `SELECT ${oneOfEachKey('sealed_credentials')}, connection_id FROM di.salesforce_authorization`,
    );
    return rows.map((row) => ({ sealed: row.sealed, purpose: credentialsPurpose(row.connection_id) }));
  },
  isReplaceable: false,
};

const credentialsPurpose = (connectionId: string): string => `salesforce-credentials:${connectionId}`;
const sessionPurpose = (connectionId: string): string => `salesforce-session:${connectionId}`;
