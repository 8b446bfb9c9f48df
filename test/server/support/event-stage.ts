import { pino } from 'pino';
import request from 'supertest';
import { startOrg, type OrgProcess, type Salesforce } from '../../../scripts/demo/salesforce.ts';
import type { SalesforceOrgs } from '../../../server/src/salesforce/org.ts';
import { WriteWork } from '../../../server/src/outbound/write-work.ts';
import { authorizeByPassword, LOGIN } from './salesforce.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from './test-server.ts';

/** A server, a local org that has the fields of `event-org` beside the package, and a connection between them. */
export interface EventStage {
  readonly server: TestServer;
  readonly salesforce: Salesforce;
  readonly scene: Scene;
  readonly orgUrl: string;
  /** Works off everything that is due, and answers how many API calls that cost. */
  work(): Promise<number>;
  query(soql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function startEventStage(): Promise<EventStage> {
  const org: OrgProcess = await startOrg([], 0, ['test/server/support/event-org']);
  const server = await startTestServer(null, {
    salesforceOrigins: [org.url],
    salesforceApp: { clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret },
  });
  const scene = await createScene(server);
  await authorizeByPassword(server, scene.connectionId, org.url);
  const salesforce = await org.connect();
  const turn = turnOf(server, server.services.orgs);
  const calls = async (): Promise<number> => (await salesforce.status()).apiCalls;
  return {
    server,
    salesforce,
    scene,
    orgUrl: org.url,
    work: async () => {
      const before = await calls();
      while (await turn()) continue;
      return (await calls()) - before;
    },
    query: async (soql) => (await salesforce.connection.query(soql)).records,
    close: async () => {
      await server.close();
      await org.stop();
    },
  };
}

/** Makes an action of the stage's connection, and activates it. Answers its id. */
export async function activeAction(
  stage: Pick<EventStage, 'server' | 'scene'>,
  definition: object,
): Promise<string> {
  const id = await draftAction(stage, definition);
  await admin(stage.server, 'post', `/v1/admin/actions/${id}/activate`).expect(204);
  return id;
}

/** Makes an action of the stage's connection, as a draft. Answers its id. */
export async function draftAction(
  { server, scene }: Pick<EventStage, 'server' | 'scene'>,
  definition: object,
): Promise<string> {
  const answer = await admin(server, 'post', '/v1/admin/actions')
    .send({ connection: scene.connectionId, name: 'Action', ...definition })
    .expect(201);
  return (answer.body as { id: string }).id;
}

/** A turn of the work on queues, with these orgs. */
export function turnOf(
  server: TestServer,
  orgs: SalesforceOrgs,
): (stopping?: AbortSignal) => Promise<boolean> {
  return new WriteWork(server.database.knex, orgs).turn(pino({ level: 'silent' }));
}

/** A source of events with its write key. */
export interface TestSource {
  readonly id: string;
  readonly writeKey: string;
}

export async function createSource(
  server: TestServer,
  connection: string,
  settings: object = {},
): Promise<TestSource> {
  const answer = await admin(server, 'post', '/v1/admin/sources')
    .send({ connection, name: 'Site', settings })
    .expect(201);
  return answer.body as TestSource;
}

/** Posts an event, or a batch of them, with a write key. */
export function postEvent(
  server: TestServer,
  source: Pick<TestSource, 'writeKey'>,
  path: 'identify' | 'track' | 'batch',
  body: object,
): request.Test {
  return request(server.app).post(`/v1/${path}`).auth(source.writeKey, '').send(body);
}

let messages = 0;

/** An identify call for Salesforce; each is a message of its own. */
export function identify(traits: object, more: object = {}): Record<string, unknown> {
  messages += 1;
  return {
    type: 'identify',
    userId: 'userid',
    messageId: `message-${messages}`,
    traits,
    integrations: { Salesforce: true },
    ...more,
  };
}

export interface ShownItem {
  readonly id: number;
  readonly status: string;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly outcomes: readonly {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly object: string;
    readonly ids: readonly string[];
    readonly leftOut?: Readonly<Record<string, string>>;
  }[];
}

/** Events of a source, oldest first. */
export async function eventsOf(server: TestServer, source: TestSource, query = ''): Promise<ShownItem[]> {
  const answer = await admin(server, 'get', `/v1/admin/sources/${source.id}/events?limit=500${query}`).expect(
    200,
  );
  return (answer.body as { events: ShownItem[] }).events.reverse();
}
