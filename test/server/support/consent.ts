import type { Response } from 'supertest';
import { admin, type Scene, type TestServer } from './test-server.ts';

export interface ConsentResultBody {
  readonly applied: number;
  readonly unchanged: number;
  readonly overruled: number;
  readonly rejected: number;
  readonly results: readonly {
    readonly result: string;
    readonly code: string | null;
    readonly message: string | null;
    readonly status: string | null;
    readonly isReplay: boolean;
  }[];
}

export interface ContactConsentBody {
  readonly consents: readonly {
    readonly optIn: string;
    readonly status: string | null;
    readonly changedAt: string | null;
  }[];
  readonly events: readonly Record<string, unknown>[];
}

export async function createOptIn(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  code = 'newsletter',
  more: object = {},
): Promise<void> {
  await admin(server, 'post', `/v1/admin/projects/${scene.project}/opt-ins`)
    .send({ code, name: `The ${code}`, ...more })
    .expect(201);
}

export async function changeConsent(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  changes: readonly object[],
  key?: string,
): Promise<ConsentResultBody> {
  const call = admin(server, 'post', `/v1/admin/projects/${scene.project}/consent`);
  if (key !== undefined) void call.set('Idempotency-Key', key);
  const answer: Response = await call.send({ changes }).expect(200);
  return answer.body as ConsentResultBody;
}

export async function consentOf(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  key: object,
): Promise<ContactConsentBody> {
  const query = encodeURIComponent(JSON.stringify(key));
  const answer: Response = await admin(
    server,
    'get',
    `/v1/admin/projects/${scene.project}/consent/contact?key=${query}`,
  ).expect(200);
  return answer.body as ContactConsentBody;
}

/** What stands of an opt-in for a contact of the scene. */
export async function statusOf(
  server: TestServer,
  scene: Pick<Scene, 'project'>,
  email: string,
  optIn = 'newsletter',
): Promise<string | null | undefined> {
  const { consents } = await consentOf(server, scene, { email });
  return consents.find((each) => each.optIn === optIn)?.status;
}
