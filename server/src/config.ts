import { z } from 'zod';
import { localSecret, UnusableSecret, type SecretName } from './process/local-secrets.ts';
import {
  signOnEnvironment,
  signOnFaults,
  signOnOf,
  type PasswordUse,
  type SignOnSettings,
} from './process/sign-on-settings.ts';
import { StartRefused } from './process/start-refused.ts';
import type { TelemetrySettings } from './process/telemetry-settings.ts';

/** A key that seals secrets at rest. The first of the list seals, all of them open: that is how keys rotate. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** What a copy of the server does: answers requests, works off jobs, or both. */
export const SERVER_ROLES = ['api', 'worker', 'both'] as const;
export type ServerRole = (typeof SERVER_ROLES)[number];

/** How people are told that something has stopped. */
export interface AlertConfig {
  /** An SMTP server (`smtps://user:password@host`); null writes mails into the data folder instead. */
  readonly smtpUrl: string | null;
  /** Who the mails are from. */
  readonly from: string;
  /** Hosts of this network (`host` or `host:port`) that webhooks may call, over http too. */
  readonly privateHosts: readonly string[];
}

/** Everything the server is told from outside, read once. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly role: ServerRole;
  /** A real PostgreSQL, or null for the embedded one. */
  readonly databaseUrl: string | null;
  /** Connections to a real PostgreSQL that batches share. */
  readonly databaseConnections: number;
  /** Where the embedded database and generated keys live; null keeps the database in memory. */
  readonly dataFolder: string | null;
  readonly adminToken: string;
  readonly encryptionKeys: readonly [EncryptionKey, ...EncryptionKey[]];
  readonly logLevel: string;
  /** Seconds that an access token lives. */
  readonly tokenLifetime: number;
  /** Bytes of a request's body. */
  readonly bodyLimit: number;
  /** Batches of one connection in a minute. */
  readonly batchesPerMinute: number;
  /** Calls with events of one source in a minute. */
  readonly eventCallsPerMinute: number;
  /** Days that batches are remembered: idempotency keys, and the history of rows. */
  readonly retentionDays: number;
  /** Days that incidents that are over, deployments that have ended and counts of deliveries are remembered. */
  readonly historyDays: number;
  /** Proxies in front, whose word on the caller's address is taken. */
  readonly trustedProxies: number;
  /** Where people and Salesforce reach this server, without a slash at the end: links and redirects are made of it. */
  readonly publicUrl: string;
  /** Origins beside Salesforce's own hosts that may be an org: a local org, say. */
  readonly salesforceOrigins: readonly string[];
  /** The app that people authorize in Salesforce, where a connection has none of its own. */
  readonly salesforceApp: { readonly clientId: string; readonly clientSecret: string | null } | null;
  /** The newest version of the package: its id (04t…), which the install link is made of, and its number. */
  readonly packageVersion: { readonly id: string; readonly number: string | null } | null;
  readonly alerts: AlertConfig;
  /** The identity provider that people sign in by; null where there is none. */
  readonly signOn: SignOnSettings | null;
  readonly passwords: PasswordUse;
  /** Where traces and metrics go by OTLP; null where they go nowhere. */
  readonly telemetry: TelemetrySettings | null;
  /** Seconds that a start waits for the database. */
  readonly databaseWaitSeconds: number;
  /** Seconds from the signal to stop until the process has ended, whatever still runs. */
  readonly shutdownSeconds: number;
  /** Of those, the seconds that requests are still taken while /ready says no: load balancers look every few seconds. */
  readonly shutdownNoticeSeconds: number;
}

/** Salesforce's limit on a callout's body in a synchronous transaction; twice that in an asynchronous one. */
const BODY_LIMIT = 12_000_000;
const MINIMUM_SECRET = 32;
/** Different characters of a token: fewer, and it was typed to have the length. A random one of 32 hexadecimal digits has more. */
const MINIMUM_VARIETY = 8;
const KEY_BYTES = 32;
const USUAL_NOTICE = 3;

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  ROLE: z.enum(SERVER_ROLES).default('both'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(1).max(200).default(10),
  DATA_DIR: z.string().min(1).default('data'),
  ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'visible characters only, as a header carries them')
    .min(MINIMUM_SECRET, `${MINIMUM_SECRET} characters or more`)
    .refine(
      (token) => new Set(token).size >= MINIMUM_VARIETY,
      'too easy to guess: take a random one (openssl rand -hex 32)',
    )
    .optional(),
  /** `id:secret`, several parted by commas, the one that seals first. */
  ENCRYPTION_KEYS: z.string().optional(),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  BATCHES_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(1200),
  EVENT_CALLS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(12_000),
  RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  // An integration's health counts the last 30 days.
  HISTORY_DAYS: z.coerce.number().int().min(30).max(3650).default(365),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Several parted by commas. */
  SALESFORCE_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/ })))
    .default([]),
  SALESFORCE_CLIENT_ID: z.string().max(500).optional(),
  SALESFORCE_CLIENT_SECRET: z.string().max(500).optional(),
  PACKAGE_VERSION_ID: z
    .string()
    .regex(/^04t[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$/, 'the id of a package version, 04t…')
    .optional(),
  PACKAGE_VERSION: z
    .string()
    .regex(/^\d+(\.\d+){0,3}$/, 'a version as 1.2.0')
    .optional(),
  ...signOnEnvironment,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  ALERT_FROM: z.string().max(320).includes('@').optional(),
  /** Several parted by commas. */
  ALERT_PRIVATE_HOSTS: z
    .string()
    .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
    .pipe(z.array(z.string().regex(/^[\w.[\]:-]+$/, 'host or host:port')))
    .default([]),
  // Named as OpenTelemetry names them everywhere.
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().min(1).max(200).default('di-connect'),
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().min(1000).max(3_600_000).default(60_000),
  DATABASE_WAIT_SECONDS: z.coerce.number().int().min(0).max(3600).default(60),
  SHUTDOWN_SECONDS: z.coerce.number().int().min(1).max(3600).default(25),
  SHUTDOWN_NOTICE_SECONDS: z.coerce.number().int().min(0).max(3600).optional(),
});

const unusable = (faults: readonly string[]): StartRefused =>
  new StartRefused(`The environment is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);

/**
 * Reads the environment. Throws StartRefused with every fault at once. Secrets have no defaults: with a real database
 * they must be given; with the embedded one, a development start, they are made and kept in the data folder.
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  const isEmbedded = given.DATABASE_URL === undefined;
  if (!isEmbedded)
    for (const name of ['ADMIN_TOKEN', 'ENCRYPTION_KEYS'])
      if (given[name] === undefined) faults.push(`${name}: required with DATABASE_URL`);
  if (given.SALESFORCE_CLIENT_SECRET !== undefined && given.SALESFORCE_CLIENT_ID === undefined)
    faults.push('SALESFORCE_CLIENT_ID: required with SALESFORCE_CLIENT_SECRET');
  if (given.SMTP_URL !== undefined && given.ALERT_FROM === undefined)
    faults.push('ALERT_FROM: required with SMTP_URL');
  faults.push(...signOnFaults(given));
  const keys = given.ENCRYPTION_KEYS === undefined ? null : readEncryptionKeys(given.ENCRYPTION_KEYS);
  if (typeof keys === 'string') faults.push(keys);
  if (isEmbedded && given.ROLE === 'worker') faults.push('ROLE: a worker alone needs DATABASE_URL');
  if (!parsed.success || faults.length > 0 || typeof keys === 'string') throw unusable(faults);
  const env = parsed.data;
  const notice = env.SHUTDOWN_NOTICE_SECONDS ?? Math.min(USUAL_NOTICE, env.SHUTDOWN_SECONDS - 1);
  if (notice >= env.SHUTDOWN_SECONDS) throw unusable(['SHUTDOWN_NOTICE_SECONDS: less than SHUTDOWN_SECONDS']);
  const secrets = secretsOf(env.DATA_DIR, env.ADMIN_TOKEN, keys);
  return {
    port: env.PORT,
    host: env.HOST,
    role: env.ROLE,
    databaseUrl: env.DATABASE_URL ?? null,
    databaseConnections: env.DATABASE_CONNECTIONS,
    dataFolder: env.DATA_DIR,
    ...secrets,
    logLevel: env.LOG_LEVEL,
    tokenLifetime: 900,
    bodyLimit: BODY_LIMIT,
    batchesPerMinute: env.BATCHES_PER_MINUTE,
    eventCallsPerMinute: env.EVENT_CALLS_PER_MINUTE,
    retentionDays: env.RETENTION_DAYS,
    historyDays: env.HISTORY_DAYS,
    trustedProxies: env.TRUSTED_PROXIES,
    publicUrl: (env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`).replace(/(?<!\/)\/+$/, ''),
    salesforceOrigins: env.SALESFORCE_ORIGINS.map((origin) => new URL(origin).origin),
    salesforceApp: env.SALESFORCE_CLIENT_ID
      ? { clientId: env.SALESFORCE_CLIENT_ID, clientSecret: env.SALESFORCE_CLIENT_SECRET ?? null }
      : null,
    packageVersion: env.PACKAGE_VERSION_ID
      ? { id: env.PACKAGE_VERSION_ID, number: env.PACKAGE_VERSION ?? null }
      : null,
    alerts: {
      smtpUrl: env.SMTP_URL ?? null,
      from: env.ALERT_FROM ?? 'DI Connect <di-connect@localhost>',
      privateHosts: env.ALERT_PRIVATE_HOSTS,
    },
    signOn: signOnOf(env),
    passwords: env.PASSWORD_SIGN_IN,
    telemetry: env.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
          serviceName: env.OTEL_SERVICE_NAME,
          metricsEveryMs: env.OTEL_METRIC_EXPORT_INTERVAL,
        }
      : null,
    databaseWaitSeconds: env.DATABASE_WAIT_SECONDS,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
    shutdownNoticeSeconds: notice,
  };
}

/** What was given, and else what the data folder holds. */
function secretsOf(
  folder: string,
  adminToken: string | undefined,
  keys: Config['encryptionKeys'] | null,
): Pick<Config, 'adminToken' | 'encryptionKeys'> {
  const faults: string[] = [];
  const local = (name: SecretName): string => {
    try {
      return localSecret(folder, name);
    } catch (error) {
      if (!(error instanceof UnusableSecret)) throw error;
      faults.push(error.message);
      return '';
    }
  };
  const secrets = {
    adminToken: adminToken ?? local('ADMIN_TOKEN'),
    encryptionKeys:
      keys ?? ([{ id: 'local', secret: Buffer.from(local('ENCRYPTION_KEYS'), 'base64url') }] as const),
  };
  if (faults.length > 0) throw unusable(faults);
  return secrets;
}

/** The keys of `id:secret,…`, or what is wrong with them. */
export function readEncryptionKeys(text: string): readonly [EncryptionKey, ...EncryptionKey[]] | string {
  const keys: EncryptionKey[] = [];
  for (const entry of text.split(',')) {
    const [, id, secret = ''] = /^\s*([\w-]{1,40}):([\w+/-]+={0,2})\s*$/.exec(entry) ?? [];
    const bytes = Buffer.from(secret, 'base64');
    if (id === undefined || bytes.length !== KEY_BYTES || keys.some((key) => key.id === id))
      return `ENCRYPTION_KEYS: each key is id:secret, ids differ, a secret is ${KEY_BYTES} random bytes in base64`;
    keys.push({ id, secret: bytes });
  }
  const [first, ...rest] = keys;
  return first ? [first, ...rest] : 'ENCRYPTION_KEYS: at least one key';
}
