import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** A key that signs access tokens. The first of the list signs, all of them verify: that is how keys rotate. */
export interface SigningKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** Everything the server is told from outside, read once. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** A real PostgreSQL, or null for the embedded one. */
  readonly databaseUrl: string | null;
  /** Where the embedded database and generated keys live; null keeps the database in memory. */
  readonly dataFolder: string | null;
  readonly adminToken: string;
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]];
  readonly logLevel: string;
  /** Seconds that an access token lives. */
  readonly tokenLifetime: number;
  /** Bytes of a request's body. */
  readonly bodyLimit: number;
}

/** Salesforce's limit on a callout's body in a synchronous transaction; twice that in an asynchronous one. */
const BODY_LIMIT = 12_000_000;
const MINIMUM_SECRET = 32;

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATA_DIR: z.string().min(1).default('data'),
  ADMIN_TOKEN: z.string().min(MINIMUM_SECRET).optional(),
  /** `id:secret`, several parted by commas, the one that signs first. */
  JWT_KEYS: z.string().optional(),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

/**
 * Reads the environment. Throws an Error that names every fault at once. Secrets have no defaults: with a real database
 * they must be given; with the embedded one, a development start, they are made and kept in the data folder.
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not usable:\n${faults.join('\n')}`);
  }
  const env = parsed.data;
  const isEmbedded = env.DATABASE_URL === undefined;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL ?? null,
    dataFolder: env.DATA_DIR,
    adminToken: env.ADMIN_TOKEN ?? generated(isEmbedded, env.DATA_DIR, 'ADMIN_TOKEN'),
    signingKeys: readSigningKeys(env.JWT_KEYS ?? `local:${generated(isEmbedded, env.DATA_DIR, 'JWT_KEYS')}`),
    logLevel: env.LOG_LEVEL,
    tokenLifetime: 900,
    bodyLimit: BODY_LIMIT,
  };
}

function generated(isEmbedded: boolean, folder: string, name: string): string {
  if (!isEmbedded) throw new Error(`The environment is not usable:\n  ${name}: required with DATABASE_URL`);
  const file = path.join(folder, `${name.toLowerCase()}.secret`);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secret = randomBytes(32).toString('base64url');
  writeFileSync(file, secret, { mode: 0o600 });
  return secret;
}

export function readSigningKeys(text: string): readonly [SigningKey, ...SigningKey[]] {
  const keys = text.split(',').map((entry): SigningKey => {
    const [id = '', secret = ''] = entry.trim().split(':');
    if (id === '' || secret.length < MINIMUM_SECRET) {
      throw new Error(
        `The environment is not usable:\n  JWT_KEYS: each key is id:secret, the secret ${MINIMUM_SECRET} characters or more`,
      );
    }
    return { id, secret: Buffer.from(secret) };
  });
  const [first, ...rest] = keys;
  if (!first) throw new Error('The environment is not usable:\n  JWT_KEYS: at least one key');
  return [first, ...rest];
}
