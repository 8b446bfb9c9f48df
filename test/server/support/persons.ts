import type { Response } from 'supertest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  type Scene,
  type TestServer,
} from './test-server.ts';

export const ANN = { email: 'ann@example.com' };
export const BOB = { email: 'bob@example.com' };

/** A project into which a connection has sent Ann and Bob, with the connection's token. */
export async function sceneOfTwo(server: TestServer): Promise<{ scene: Scene; token: string }> {
  const scene = await createScene(server);
  const token = await authorizedToken(server, scene);
  const upserts = [
    [contactId(1), moment(0), ANN.email, 'Ann'],
    [contactId(2), moment(0), BOB.email, 'Bob'],
  ];
  await postBatch(server, token, { upserts }, { key: `first-${scene.project}` }).expect(200);
  return { scene, token };
}

interface Place {
  readonly place: string;
  readonly table: string | null;
  readonly count: number;
}

export interface ErasureBody {
  readonly dryRun: boolean;
  readonly erasure: string | null;
  readonly message: string;
  readonly contacts: number;
  readonly erased: readonly Place[];
  readonly kept: readonly (Place & { readonly code: string; readonly reason: string })[];
  readonly mayBringBack: readonly object[];
  readonly erasures: readonly { readonly id: string; readonly hash: string; readonly erasedAt: string }[];
}

export interface FoundBody {
  readonly contacts: readonly object[];
  readonly otherRows: readonly object[];
  readonly erasures: readonly object[];
}

/** Asks for an erasure; answers it as it came, whatever the status. */
export async function erase(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  body: object,
): Promise<{ answer: Response; body: ErasureBody }> {
  const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/persons/erase`).send(body);
  return { answer, body: answer.body as ErasureBody };
}

export async function find(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  body: object,
): Promise<FoundBody> {
  const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/persons/find`)
    .send(body)
    .expect(200);
  return answer.body as FoundBody;
}

/** What is held of a person, by part. */
export async function exportOf(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  body: object,
): Promise<{ answer: Response; held: Record<string, unknown> }> {
  const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/persons/export`)
    .send(body)
    .expect(200);
  return { answer, held: (answer.body as { held: Record<string, unknown> }).held };
}

/** A table of the scene's project, built; the first field is its primary key. */
export async function createTable(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  code: string,
  fields: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[],
): Promise<void> {
  await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables`)
    .send({ code, name: code, primaryKey: [fields[0]?.name], fields })
    .expect(201);
  await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
}

/** Writes rows of a table by the API. */
export async function addRows(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  rows: readonly object[],
  table = 'Contact',
): Promise<void> {
  await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/${table}/rows`)
    .send({ rows })
    .expect(200);
}

/** A project of type B whose contacts are known by a number, or by several columns, and have two addresses. */
export async function projectByNumber(server: TestServer, ...primaryKey: string[]): Promise<Scene> {
  const project = `N${Math.random().toString(36).slice(2, 10)}`;
  const fields = [
    { name: 'number', type: 'integer' },
    { name: 'name', type: 'text' },
    { name: 'email', type: 'email' },
    { name: 'second', type: 'email' },
  ];
  await admin(server, 'post', '/v1/admin/projects')
    .send({ code: project, name: 'Numbers', type: 'B', contacts: { primaryKey, fields } })
    .expect(201);
  await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
  return { project, connectionId: '', keyId: '', secret: '', transferId: '' };
}

/** Every table in which a text stands, of the control schema and of the project. */
export async function tablesWith(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  text: string,
): Promise<string[]> {
  const { pool } = server.database;
  const { rows: tables } = await pool.query<{ schema: string; name: string }>(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND (table_schema = 'di' OR table_schema IN
       (SELECT schema_name FROM di.project WHERE code = $1))`,
    [scene.project],
  );
  const found: string[] = [];
  for (const { schema, name } of tables) {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*) AS count FROM "${schema}"."${name}" t WHERE strpos(lower(to_jsonb(t)::text), lower($1)) > 0`,
      [text],
    );
    if ((rows[0]?.count ?? 0) > 0) found.push(name);
  }
  return found;
}
