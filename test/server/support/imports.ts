import { pino } from 'pino';
import { ImportWork } from '../../../server/src/imports/import-work.ts';
import { admin, type TestServer } from './test-server.ts';

/** An import as the API shows it, as far as tests ask. */
export interface ShownImport {
  readonly id: string;
  readonly status: string;
  readonly message: string | null;
  readonly bytes: number;
  readonly counts: Readonly<Record<'rows' | 'created' | 'updated' | 'unchanged' | 'rejected', number>>;
  readonly progress: { readonly share: number; readonly estimatedRows: number | null };
  readonly found: {
    readonly encoding: string;
    readonly delimiter: string;
    readonly lines: number;
    readonly headings: readonly string[];
    readonly sample: readonly (readonly string[])[];
    readonly dates: Readonly<Record<string, string>>;
    readonly warnings: readonly string[];
    readonly guess?: {
      readonly values: readonly string[];
      readonly others: readonly { readonly encoding: string; readonly values: readonly string[] }[];
    } | null;
  } | null;
  readonly settings: {
    readonly mapping: readonly { readonly heading: string; readonly to: string }[];
    readonly dates: string | null;
    readonly decimals: string;
    readonly consents?: readonly unknown[];
  } | null;
}

export interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** Imports of a server, as its API takes them. */
export class ImportCalls {
  readonly #server: TestServer;
  readonly #work: ImportWork;

  constructor(server: TestServer) {
    this.#server = server;
    const { orgs, consentKeys } = server.services;
    this.#work = new ImportWork(server.database.knex, orgs, consentKeys, pino({ level: 'silent' }));
  }

  async create(project: string, table = 'Contact'): Promise<string> {
    const answer = await admin(this.#server, 'post', '/v1/admin/imports')
      .send({ name: 'people.csv', project, table })
      .expect(201);
    return (answer.body as ShownImport).id;
  }

  async createForObject(connection: string, object: string): Promise<string> {
    const answer = await admin(this.#server, 'post', '/v1/admin/imports')
      .send({ name: 'people.csv', connection, object })
      .expect(201);
    return (answer.body as ShownImport).id;
  }

  /** Creates an import and sends its file. */
  async upload(project: string, file: string | Buffer, table = 'Contact'): Promise<ShownImport> {
    const id = await this.create(project, table);
    const answer = await this.send(id, file);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as ShownImport;
  }

  send(id: string, file: string | Buffer, query = ''): ReturnType<typeof admin> {
    return admin(this.#server, 'put', `/v1/admin/imports/${id}/file${query}`)
      .set('Content-Type', 'text/csv')
      .send(file);
  }

  async set(id: string, settings: object): Promise<ShownImport> {
    const answer = await admin(this.#server, 'patch', `/v1/admin/imports/${id}/settings`).send(settings);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as ShownImport;
  }

  step(id: string, step: 'check' | 'start' | 'pause' | 'resume' | 'cancel'): ReturnType<typeof admin> {
    return admin(this.#server, 'post', `/v1/admin/imports/${id}/${step}`);
  }

  /** What the columns of its file may fill. */
  async targets(id: string): Promise<readonly { readonly name: string }[]> {
    const answer = await admin(this.#server, 'get', `/v1/admin/imports/${id}/targets`).expect(200);
    return (answer.body as { targets: { name: string }[] }).targets;
  }

  /** One turn of the work in the background. */
  turn(stopping = new AbortController().signal): Promise<boolean> {
    return this.#work.turn(stopping);
  }

  async find(id: string): Promise<ShownImport> {
    return (await admin(this.#server, 'get', `/v1/admin/imports/${id}`).expect(200)).body as ShownImport;
  }

  /** Checks or starts an import and works until nothing is left to do. */
  async run(id: string, step: 'check' | 'start' = 'start'): Promise<ShownImport> {
    const answer = await this.step(id, step);
    if (answer.status !== 200) throw new Error(answer.text);
    while (await this.turn());
    return this.find(id);
  }

  async results(id: string, only = 'rejected'): Promise<string> {
    return (await admin(this.#server, 'get', `/v1/admin/imports/${id}/results.csv?only=${only}`).expect(200))
      .text;
  }
}

/** A project of type B with a contacts table; a type B project acquires contacts itself. */
export async function acquiringProject(
  server: TestServer,
  fields: readonly object[],
  primaryKey: readonly string[] = ['email'],
): Promise<string> {
  const code = `I${Math.random().toString(36).slice(2, 12)}`;
  await admin(server, 'post', '/v1/admin/projects')
    .send({ code, name: 'Test', type: 'B', contacts: { primaryKey, fields } })
    .expect(201);
  await admin(server, 'post', `/v1/admin/projects/${code}/build`).expect(200);
  return code;
}
