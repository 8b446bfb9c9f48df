import { parse } from 'csv-parse/sync';
import { pino } from 'pino';
import { WriteWork } from '../../../server/src/outbound/write-work.ts';
import { deliverAll } from './deliver-all.ts';
import { groundOf, type Ground } from './delivery-scene.ts';
import { createSource, identify, postEvent, type TestSource } from './event-stage.ts';
import { ImportCalls } from './imports.ts';
import type { SalesforceStage } from './salesforce.ts';
import { admin, type Scene, type TestServer } from './test-server.ts';

/** A contact of the org, and the last name that it is to get. */
export interface Wanted {
  readonly id: string;
  readonly email: string;
  readonly lastName: string;
}

/** What became of a record that a producer was to write. */
export interface End {
  readonly state: 'done' | 'waits' | 'failed';
  readonly code: string | null;
  readonly message: string;
}

/** Something that writes contacts to an org: the real one, worked by hand. */
export interface TestProducer {
  readonly name: string;
  /** Asks for the changes, and works until nothing is due; `before` comes between the two. */
  write(wanted: readonly Wanted[], before?: () => Promise<unknown>): Promise<void>;
  /** Works on what is due. */
  work(): Promise<void>;
  /** Ends of the last changes, by e-mail address. */
  ends(): Promise<Readonly<Record<string, End>>>;
  /** Why nothing of the producer is written; null where something is. */
  stopped(): Promise<string | null>;
  /** Lets the time pass that it waits, or has a person start it again. */
  goOn(): Promise<void>;
}

const LOGGER = pino({ level: 'silent' });
const nothing = (): Promise<unknown> => Promise.resolve();

/** Integrations, actions, events and imports into objects of one connection. */
export async function producersOf(stage: SalesforceStage, scene: Scene): Promise<TestProducer[]> {
  const { server } = stage;
  const ground = await groundOf(server, scene);
  return [
    new Deliveries(server, ground, await createIntegration(server, scene)),
    new Action(server, await createAction(server, scene)),
    new Events(server, await createSource(server, scene.connectionId)),
    new Import(server, scene.connectionId),
  ];
}

async function createIntegration(server: TestServer, scene: Scene): Promise<string> {
  const created = await admin(server, 'post', '/v1/admin/integrations')
    .send({
      connection: scene.connectionId,
      table: 'Contact',
      object: 'Contact',
      name: 'Names',
      operations: ['updated'],
      mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    })
    .expect(201);
  const { id } = created.body as { id: string };
  await admin(server, 'post', `/v1/admin/integrations/${id}/activate`).expect(200);
  return id;
}

async function createAction(server: TestServer, scene: Scene): Promise<string> {
  const created = await admin(server, 'post', '/v1/admin/actions')
    .send({
      connection: scene.connectionId,
      name: 'Names',
      object: 'Contact',
      operation: 'update',
      mapping: [{ field: 'LastName', path: 'lastName' }],
      matchers: [{ field: 'Id', path: 'id' }],
    })
    .expect(201);
  const { id } = created.body as { id: string };
  await admin(server, 'post', `/v1/admin/actions/${id}/activate`).expect(204);
  return id;
}

class Deliveries implements TestProducer {
  readonly name = 'a delivery';
  readonly #server: TestServer;
  readonly #ground: Ground;
  readonly #integration: string;
  #emails: readonly string[] = [];

  constructor(server: TestServer, ground: Ground, integration: string) {
    this.#server = server;
    this.#ground = ground;
    this.#integration = integration;
  }

  async write(wanted: readonly Wanted[], before = nothing): Promise<void> {
    const { pool } = this.#server.database;
    await pool.query('DELETE FROM di.delivery WHERE integration_id = $1', [this.#integration]);
    this.#emails = wanted.map(({ email }) => email);
    await pool.query(
      `INSERT INTO ${this.#ground.table} (email, last_name) SELECT *, 'Before' FROM unnest($1::text[])
       ON CONFLICT DO NOTHING`,
      [this.#emails],
    );
    await pool.query(
      `UPDATE ${this.#ground.table} t SET last_name = w.name FROM unnest($1::text[], $2::text[]) AS w (email, name)
       WHERE t.email = w.email`,
      [this.#emails, wanted.map(({ lastName }) => lastName)],
    );
    await before();
    await this.work();
  }

  work(): Promise<void> {
    return deliverAll(this.#server);
  }

  async ends(): Promise<Record<string, End>> {
    const { rows } = await this.#server.database.pool.query<{
      email: string;
      state: string;
      last_code: string | null;
      last_message: string | null;
    }>(
      `SELECT i.record_key->>'email' AS email, d.state, d.last_code, d.last_message
       FROM di.delivery d JOIN di.record_identity i ON i.id = d.identity_id WHERE d.integration_id = $1`,
      [this.#integration],
    );
    const left = new Map(rows.map((row) => [row.email, row]));
    return Object.fromEntries(
      this.#emails.map((email) => {
        const row = left.get(email);
        const state = row === undefined ? 'done' : row.state === 'dead' ? 'failed' : 'waits';
        return [email, { state, code: row?.last_code ?? null, message: row?.last_message ?? '' }];
      }),
    );
  }

  async stopped(): Promise<string | null> {
    const answer = await admin(
      this.#server,
      'get',
      `/v1/admin/integrations/${this.#integration}/health`,
    ).expect(200);
    const { status, message } = answer.body as { status: string; message: string };
    return status === 'stopped' || status === 'held' ? message : null;
  }

  async goOn(): Promise<void> {
    const { pool } = this.#server.database;
    await admin(this.#server, 'post', `/v1/admin/integrations/${this.#integration}/activate`).expect(200);
    await pool.query("UPDATE di.delivery SET due_at = now() WHERE state = 'pending'");
    await pool.query('UPDATE di.delivery_channel SET resume_at = NULL');
    await this.work();
  }
}

/** What actions and events have in common: a queue of items. */
abstract class Queue implements TestProducer {
  abstract readonly name: string;
  protected readonly server: TestServer;
  protected readonly queue: string;
  protected wanted: readonly Wanted[] = [];

  constructor(server: TestServer, queue: string) {
    this.server = server;
    this.queue = queue;
  }

  protected abstract post(wanted: readonly Wanted[]): Promise<void>;
  protected abstract readonly path: string;

  async write(wanted: readonly Wanted[], before = nothing): Promise<void> {
    this.wanted = wanted;
    await this.post(wanted);
    await before();
    await this.work();
  }

  async work(): Promise<void> {
    const turn = new WriteWork(this.server.database.knex, this.server.services.orgs).turn(LOGGER);
    while (await turn());
  }

  async ends(): Promise<Record<string, End>> {
    const { rows } = await this.server.database.pool.query<{
      status: string;
      outcomes: { code: string; message: string }[] | null;
    }>('SELECT status, outcomes FROM di.write_item WHERE queue_id = $1 ORDER BY id DESC LIMIT $2', [
      this.queue,
      this.wanted.length,
    ]);
    return Object.fromEntries(
      rows.reverse().map(({ status, outcomes }, place) => {
        const state = status === 'delivered' ? 'done' : status === 'failed' ? 'failed' : 'waits';
        const { code = null, message = '' } = outcomes?.[0] ?? {};
        return [this.wanted[place]?.email ?? '', { state, code, message }];
      }),
    );
  }

  async stopped(): Promise<string | null> {
    const answer = await admin(this.server, 'get', this.path).expect(200);
    return (answer.body as { held: { reason: string } | null }).held?.reason ?? null;
  }

  async goOn(): Promise<void> {
    await this.server.database.pool.query(
      `WITH q AS (UPDATE di.write_queue SET held_until = NULL WHERE id = $1)
       UPDATE di.write_item SET next_attempt_at = now() WHERE queue_id = $1 AND status = 'waiting'`,
      [this.queue],
    );
    await this.work();
  }
}

class Action extends Queue {
  readonly name = 'an action';
  protected readonly path = `/v1/admin/actions/${this.queue}`;

  protected async post(items: readonly Wanted[]): Promise<void> {
    await admin(this.server, 'post', `/v1/actions/${this.queue}`).send({ items }).expect(202);
  }
}

class Events extends Queue {
  readonly name = 'an event';
  readonly #source: TestSource;
  protected readonly path = `/v1/admin/sources/${this.queue}`;

  constructor(server: TestServer, source: TestSource) {
    super(server, source.id);
    this.#source = source;
  }

  protected async post(wanted: readonly Wanted[]): Promise<void> {
    const batch = wanted.map(({ id, lastName }) =>
      identify({ LastName: lastName }, { context: { externalId: [{ type: 'Salesforce-Contact', id }] } }),
    );
    await postEvent(this.server, this.#source, 'batch', { batch }).expect(200);
  }
}

class Import implements TestProducer {
  readonly name = 'an import';
  readonly #server: TestServer;
  readonly #calls: ImportCalls;
  readonly #connection: string;
  #wanted: readonly Wanted[] = [];
  #import = '';

  constructor(server: TestServer, connection: string) {
    this.#server = server;
    this.#calls = new ImportCalls(server);
    this.#connection = connection;
  }

  async write(wanted: readonly Wanted[], before = nothing): Promise<void> {
    this.#wanted = wanted;
    this.#import = await this.#calls.createForObject(this.#connection, 'Contact');
    const rows = wanted.map(({ id, lastName }) => `${id},${lastName}\n`);
    await this.#calls.send(this.#import, `Id,LastName\n${rows.join('')}`).expect(200);
    const mapping = ['Id', 'LastName'].map((name) => ({ heading: name, to: name }));
    await this.#calls.set(this.#import, { operation: 'update', mapping });
    await this.#calls.step(this.#import, 'start').expect(200);
    await before();
    await this.work();
  }

  async work(): Promise<void> {
    while (await this.#calls.turn());
  }

  async ends(): Promise<Record<string, End>> {
    const { status } = await this.#calls.find(this.#import);
    const rejected = new Map(
      parse<Record<string, string>>(await this.#calls.results(this.#import), { columns: true }).map((row) => [
        row.Id,
        row,
      ]),
    );
    return Object.fromEntries(
      this.#wanted.map(({ id, email }) => {
        const row = rejected.get(id);
        const state = status !== 'done' ? 'waits' : row ? 'failed' : 'done';
        return [email, { state, code: row?._code ?? null, message: row?._reason ?? '' }];
      }),
    );
  }

  async stopped(): Promise<string | null> {
    const { rows } = await this.#server.database.pool.query<{ message: string | null }>(
      'SELECT message FROM di.import WHERE id = $1 AND due_at > now()',
      [this.#import],
    );
    return rows[0]?.message ?? null;
  }

  async goOn(): Promise<void> {
    await this.#server.database.pool.query('UPDATE di.import SET due_at = NULL WHERE id = $1', [
      this.#import,
    ]);
    await this.work();
  }
}
