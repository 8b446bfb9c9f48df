import { z } from 'zod';

/** Who may log in to a local org; anybody who has its address knows them. */
export const LOGIN = {
  userName: 'admin@local.org',
  password: 'local',
  clientId: 'local-org',
  clientSecret: 'local-org-secret',
} as const;

const app = z.strictObject({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** An app that is not installed is refused, whoever asks. */
  isInstalled: z.boolean().default(true),
  /** Whose signature a JWT must carry, PEM; without it only the claims are checked. */
  publicKey: z.string().nullable().default(null),
});

const duplicateRule = z.strictObject({
  object: z.string(),
  /** Records that agree in all of these are duplicates; empty values agree with nothing. */
  fields: z.array(z.string()).min(1),
  /** `alert` lets a caller save all the same who says so in a header; `block` lets nobody. */
  action: z.enum(['alert', 'block']).default('alert'),
});

/** What a test or a person may change of an org while it runs. */
export const orgSettings = z.strictObject({
  /** Has to follow the password in a log-in; null: the org trusts every address and takes the password alone. */
  securityToken: z.string().min(1).nullable(),
  isSandbox: z.boolean(),
  /** Off: every API but the log-in itself answers API_DISABLED_FOR_ORG. */
  isApiEnabled: z.boolean(),
  /** User names whose profile does not have API Enabled. */
  usersWithoutApi: z.array(z.string()),
  /** API calls that the org allows in 24 hours. */
  dailyApiRequests: z.int().min(0),
  /** How long an access token lives. */
  sessionSeconds: z.int().positive(),
  /** A refresh token that was used is worth nothing afterwards. */
  rotatesRefreshTokens: z.boolean(),
  /** What the person at the consent page does: allows at once, refuses at once, or is shown the page. */
  consent: z.enum(['allow', 'refuse', 'ask']),
  apps: z.array(app),
  duplicateRules: z.array(duplicateRule),
  /** Versions of the REST API that the org has: a newer one is not there yet (404), an older one is retired (410). */
  apiVersions: z.strictObject({ oldest: z.int().min(1), newest: z.int().min(1) }),
});

export type OrgSettings = z.infer<typeof orgSettings>;
export type ConnectedApp = z.infer<typeof app>;
export type DuplicateRule = z.infer<typeof duplicateRule>;

export function defaultSettings(): OrgSettings {
  return {
    securityToken: null,
    isSandbox: false,
    isApiEnabled: true,
    usersWithoutApi: [],
    dailyApiRequests: 15_000,
    sessionSeconds: 7200,
    rotatesRefreshTokens: true,
    consent: 'allow',
    apps: [
      { clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret, isInstalled: true, publicKey: null },
    ],
    duplicateRules: [],
    apiVersions: { oldest: 31, newest: 65 },
  };
}
