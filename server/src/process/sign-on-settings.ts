import { z } from 'zod';

/** Roles that somebody may get who was never invited: an owner is made by an owner. */
const ROLES_BY_DOMAIN = ['administrator', 'marketer', 'viewer'] as const;
export type RoleByDomain = (typeof ROLES_BY_DOMAIN)[number];

/** Who may sign in by a password. */
export const PASSWORD_USES = ['everybody', 'owners', 'nobody'] as const;
export type PasswordUse = (typeof PASSWORD_USES)[number];

/** An identity provider that people of one account sign in by (OpenID Connect Core 1.0). */
export interface SignOnSettings {
  /** As the provider names itself, an address. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client, which has PKCE alone. */
  readonly clientSecret: string | null;
  /** What the provider is called on the console's page. */
  readonly name: string;
  /** The name of the account that its people belong to. */
  readonly account: string;
  /** Domains of addresses that the provider speaks for, with the role of whoever comes from there and was not invited. */
  readonly domains: ReadonlyMap<string, RoleByDomain>;
}

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** A provider is asked over https; one on this machine, as of a test, over http too. */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || LOCAL_HOSTS.includes(hostname);
}

const DOMAIN = /^[\w-]+(\.[\w-]+)+$/;

/** `domain:role`, several parted by commas. */
function domainsOf(text: string): Map<string, RoleByDomain> | null {
  const domains = new Map<string, RoleByDomain>();
  for (const entry of text.toLowerCase().split(',')) {
    const [domain = '', role] = entry.trim().split(':');
    const known = ROLES_BY_DOMAIN.find((each) => each === role);
    if (known === undefined || !DOMAIN.test(domain)) return null;
    domains.set(domain, known);
  }
  return domains;
}

const domainsSchema = z
  .string()
  .transform(domainsOf)
  .refine((domains) => domains !== null, {
    error: `domain:role, several parted by commas; a role is one of ${ROLES_BY_DOMAIN.join(', ')}`,
  });

/** What the environment says of it. */
export const signOnEnvironment = {
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .refine(isSafe, 'https, unless the provider is on this machine')
    .optional(),
  OIDC_CLIENT_ID: z.string().min(1).max(500).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).max(500).optional(),
  OIDC_NAME: z.string().trim().min(1).max(60).optional(),
  OIDC_ACCOUNT: z.string().min(1).max(255).default('default'),
  OIDC_DOMAINS: domainsSchema.optional(),
  PASSWORD_SIGN_IN: z.enum(PASSWORD_USES).default('everybody'),
};

type Environment = z.output<z.ZodObject<typeof signOnEnvironment>>;

/** What is missing for the settings to be of use. */
export function signOnFaults(given: NodeJS.ProcessEnv): string[] {
  const faults: string[] = [];
  if (given.OIDC_ISSUER !== undefined && given.OIDC_CLIENT_ID === undefined)
    faults.push('OIDC_CLIENT_ID: required with OIDC_ISSUER');
  for (const name of ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'OIDC_ACCOUNT', 'OIDC_DOMAINS'])
    if (given[name] !== undefined && given.OIDC_ISSUER === undefined)
      faults.push(`${name}: of no use without OIDC_ISSUER`);
  if ((given.PASSWORD_SIGN_IN ?? 'everybody') !== 'everybody' && given.OIDC_ISSUER === undefined)
    faults.push('PASSWORD_SIGN_IN: without OIDC_ISSUER everybody signs in by a password');
  return faults;
}

/** Null where no provider is named. */
export function signOnOf(env: Environment): SignOnSettings | null {
  if (env.OIDC_ISSUER === undefined || env.OIDC_CLIENT_ID === undefined) return null;
  return {
    issuer: env.OIDC_ISSUER,
    clientId: env.OIDC_CLIENT_ID,
    clientSecret: env.OIDC_CLIENT_SECRET ?? null,
    name: env.OIDC_NAME ?? new URL(env.OIDC_ISSUER).hostname,
    account: env.OIDC_ACCOUNT,
    domains: env.OIDC_DOMAINS ?? new Map(),
  };
}
