import type { Test } from 'supertest';
import { watchIncidents } from '../../../server/src/operations/health/watch-incidents.ts';
import { admin, type Scene, type TestServer } from './test-server.ts';

/** As the API answers it, as far as tests look. */
export interface Failure {
  readonly kind: string;
  readonly subject: string;
  readonly name: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly count: number;
  readonly canReplay: boolean;
  readonly remedyScope: string;
}

interface Health {
  readonly verdict: string;
  readonly failures: readonly Failure[];
  readonly rejected: number;
}

/** What of a scene's connection failed and still stands. */
export async function failuresOf(server: TestServer, scene: Scene): Promise<Failure[]> {
  const answer = await admin(server, 'get', `/v1/admin/failures?connection=${scene.connectionId}`).expect(
    200,
  );
  return (answer.body as { failures: Failure[] }).failures;
}

/** How a scene's connection stands. */
export async function healthOf(server: TestServer, scene: Scene): Promise<Health> {
  const answer = await admin(server, 'get', '/v1/admin/health').expect(200);
  const { connections } = answer.body as { connections: (Health & { readonly id: string })[] };
  const found = connections.find(({ id }) => id === scene.connectionId);
  if (!found) throw new Error('The connection is not in the answer.');
  return found;
}

export const discard = (server: TestServer, { kind, subject }: Pick<Failure, 'kind' | 'subject'>): Test =>
  admin(server, 'post', '/v1/admin/failures/discard').send({ kind, subject });

/** Kinds of the open incidents of a scene's connection, after a look. */
export async function openIncidents(server: TestServer, scene: Scene): Promise<string[]> {
  await watchIncidents(server.database.knex);
  const { rows } = await server.database.pool.query<{ kind: string }>(
    'SELECT kind FROM di.incident WHERE connection_id = $1 AND closed_at IS NULL ORDER BY kind',
    [scene.connectionId],
  );
  return rows.map(({ kind }) => kind);
}
