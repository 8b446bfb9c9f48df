import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import { pino, type Logger } from 'pino';
import request from 'supertest';
import { createApp, createServices, routesOf, type Services } from '../../../server/src/app.ts';
import type { Config } from '../../../server/src/config.ts';
import { openDatabase, type Database } from '../../../server/src/database/open-database.ts';
import { isEmbeddedRun, startPostgres } from './postgres.ts';

export const ADMIN = 'admin-token-of-the-tests-32-characters';
export const ORGANIZATION = '00D000000000001EAA';

/** A server on a database of its own, spoken to as HTTP clients do. */
export interface TestServer {
  readonly app: Express;
  readonly database: Database;
  readonly config: Config;
  readonly services: Services;
  close(): Promise<void>;
}

export function testConfig(databaseUrl: string | null): Config {
  return {
    port: 0,
    host: '127.0.0.1',
    role: 'both',
    databaseUrl,
    databaseConnections: 10,
    dataFolder: null,
    adminToken: ADMIN,
    encryptionKeys: [{ id: 'test', secret: Buffer.alloc(32, 'k') }],
    logLevel: 'silent',
    tokenLifetime: 900,
    bodyLimit: 1_000_000,
    batchesPerMinute: 100_000,
    eventCallsPerMinute: 100_000,
    retentionDays: 30,
    historyDays: 365,
    trustedProxies: 0,
    publicUrl: 'http://di.example.com',
    salesforceOrigins: [],
    salesforceApp: null,
    packageVersion: null,
    alerts: { smtpUrl: null, from: 'DI Connect <alerts@di.example.com>', privateHosts: [] },
    signOn: null,
    passwords: 'everybody',
    telemetry: null,
    databaseWaitSeconds: 0,
    shutdownSeconds: 25,
    shutdownNoticeSeconds: 0,
  };
}

/** Starts on a database of its own, on the test run's PostgreSQL, unless another is named. */
export async function startTestServer(
  databaseUrl: string | null = null,
  changes: Partial<Config> = {},
  logger: Logger = pino({ level: 'silent' }),
): Promise<TestServer> {
  if (databaseUrl !== null || isEmbeddedRun()) return openServer(databaseUrl, changes, logger);
  const own = await startPostgres();
  const server = await openServer(own.url, changes, logger);
  return {
    ...server,
    close: async () => {
      await server.close();
      await own.stop();
    },
  };
}

/** Starts on the embedded database, in memory. */
export async function startEmbeddedServer(): Promise<TestServer> {
  return openServer(null, {}, pino({ level: 'silent' }));
}

async function openServer(
  databaseUrl: string | null,
  changes: Partial<Config>,
  logger: Logger,
): Promise<TestServer> {
  const config = { ...testConfig(databaseUrl), ...changes };
  const database = await openDatabase(config, logger);
  const services = createServices(config, database, logger);
  const app = createApp(services, routesOf(services), logger);
  return { app, database, config, services, close: () => database.close() };
}

/** A project with a contacts table known by e-mail, built, and a connection whose transfer of Contact is active. */
export interface Scene {
  readonly project: string;
  readonly connectionId: string;
  readonly keyId: string;
  readonly secret: string;
  readonly transferId: string;
}

export const FIELDS = [
  { name: 'email', type: 'email', required: true },
  { name: 'last_name', type: 'text', length: 20 },
  { name: 'age', type: 'integer' },
  { name: 'balance', type: 'decimal', precision: 10, scale: 2 },
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'timestamp' },
  { name: 'active', type: 'boolean' },
  { name: 'tier', type: 'picklist', picklist: ['gold', 'silver'] },
  { name: 'topics', type: 'multipicklist' },
] as const;

const SALESFORCE_NAMES: Readonly<Record<string, string>> = {
  email: 'Email',
  last_name: 'LastName',
  age: 'Age__c',
  balance: 'Balance__c',
  born: 'Birthdate',
  seen: 'Seen__c',
  active: 'Active__c',
  tier: 'Tier__c',
  topics: 'Topics__c',
};

export function admin(
  server: TestServer,
  method: 'get' | 'post' | 'put' | 'patch' | 'delete',
  path: string,
  token = ADMIN,
): request.Test {
  return request(server.app)[method](path).set('Authorization', `Bearer ${token}`);
}

/** @param owner whose account the project is to be of; the operator's default account where none is named */
export async function createScene(server: TestServer, owner = ADMIN): Promise<Scene> {
  const project = `P${randomBytes(6).toString('hex')}`;
  await admin(server, 'post', '/v1/admin/projects', owner)
    .send({ code: project, name: 'Test', type: 'A', contacts: { primaryKey: ['email'], fields: FIELDS } })
    .expect(201);
  await admin(server, 'post', `/v1/admin/projects/${project}/build`, owner).expect(200);
  const connection = await admin(server, 'post', '/v1/admin/connections', owner)
    .send({ project, name: 'Org' })
    .expect(201);
  const { id, keyId, secret } = connection.body as { id: string; keyId: string; secret: string };
  const mapping = FIELDS.map(({ name }) => ({ salesforceField: SALESFORCE_NAMES[name], column: name }));
  const transfer = await admin(server, 'post', '/v1/admin/transfers', owner)
    .send({ connection: id, table: 'Contact', object: 'Contact', mapping })
    .expect(201);
  const { id: transferId } = transfer.body as { id: string };
  await admin(server, 'post', `/v1/admin/transfers/${transferId}/activate`, owner).expect(200);
  return { project, connectionId: id, keyId, secret, transferId };
}

export function requestToken(
  server: TestServer,
  scene: Pick<Scene, 'keyId' | 'secret'>,
  organization = ORGANIZATION,
): request.Test {
  return request(server.app).post('/oauth/token').type('form').send({
    grant_type: 'client_credentials',
    client_id: scene.keyId,
    client_secret: scene.secret,
    organization_id: organization,
  });
}

/** A token of an authorized connection. */
export async function authorizedToken(server: TestServer, scene: Scene): Promise<string> {
  const answer = await requestToken(server, scene).expect(200);
  const { access_token: token } = answer.body as { access_token: string };
  await request(server.app)
    .post('/v1/plugin/authorize')
    .set('Authorization', `Bearer ${token}`)
    .send({ organizationId: ORGANIZATION })
    .expect(200);
  return token;
}

let batches = 0;

export interface BatchInput {
  readonly fields?: readonly string[];
  readonly upserts?: readonly (readonly unknown[])[];
  readonly archives?: readonly unknown[];
  readonly deletes?: readonly unknown[];
  readonly object?: string;
  /** What no batch has. */
  readonly upsert?: readonly unknown[];
}

/** Posts a batch; without a key of its own it gets a new one. */
export function postBatch(
  server: TestServer,
  token: string,
  batch: BatchInput,
  options: { key?: string; table?: string } = {},
): request.Test {
  batches += 1;
  return request(server.app)
    .post(`/v1/tables/${options.table ?? 'Contact'}/batches`)
    .set('Authorization', `Bearer ${token}`)
    .set('Idempotency-Key', options.key ?? `batch-${batches}`)
    .send({ object: 'Contact', fields: ['Id', 'SystemModstamp', 'Email', 'LastName'], ...batch });
}

export async function rowsOf(server: TestServer, scene: Scene): Promise<Record<string, unknown>[]> {
  const answer = await admin(
    server,
    'get',
    `/v1/admin/projects/${scene.project}/tables/Contact/rows?limit=1000&count=true`,
  ).expect(200);
  return (answer.body as { rows: Record<string, unknown>[] }).rows;
}

/** The n-th id of Contact. */
export function contactId(number: number): string {
  return `003${String(number).padStart(12, '0')}AAA`;
}

/** A moment on a day of November 2026, later for a larger number. */
export function moment(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20) + seconds * 1000).toISOString();
}
