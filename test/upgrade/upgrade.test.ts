import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../scripts/demo/eventually.ts';
import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { readConfig, type Config } from '../../server/src/config.ts';
import { startServer, type RunningServer } from '../../server/src/server.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import { freePort } from '../server/support/free-port.ts';
import { startPostgres, type Postgres } from '../server/support/postgres.ts';
import { accessToken, Caller } from './caller.ts';
import { heldAndKept } from './held-and-kept.ts';
import { migrate, type Change } from './migrate.ts';
import { asRead, readAnswer } from './recording.ts';
import { mailOf, NUMBERS } from './past/long-numbers.ts';
import { manifestOf, restore, VERSIONS } from './snapshot.ts';
import './readers.ts';

const logger = pino({ level: 'silent' });
const overSchema = z.object({
  import: z.object({ status: z.literal('done') }),
  run: z.object({ state: z.enum(['done', 'failed']) }),
});
const duplicatesSchema = z.object({
  duplicates: z.array(
    z.object({ row: z.object({ key: z.unknown() }), sameAs: z.object({ key: z.unknown() }) }),
  ),
});
const consentSchema = z.object({
  consents: z.array(z.object({ optIn: z.string(), status: z.string().nullable() })),
});

/** What the upgrades of all snapshots have changed. */
const changes: Change[] = [];

/** A database that a server of an earlier version left behind, under the server of today. */
describe.each(VERSIONS)('a database of %s', (version) => {
  const manifest = manifestOf(version);
  let postgres: Postgres;
  let operator: pg.Client;
  let config: Config;
  let org: OrgProcess;
  let salesforce: Salesforce;
  let api: RunningServer;
  beforeAll(async () => {
    const [port, orgPort] = [await freePort(), await freePort()];
    const orgUrl = `http://127.0.0.1:${orgPort}`;
    postgres = await startPostgres('empty');
    await restore(version, postgres.url);
    config = readConfig({
      ...{ DATABASE_URL: postgres.url, ADMIN_TOKEN: manifest.adminToken, PORT: String(port) },
      ...{ ENCRYPTION_KEYS: manifest.encryptionKeys, LOG_LEVEL: 'silent', SALESFORCE_ORIGINS: orgUrl },
      ...{ SALESFORCE_CLIENT_ID: LOGIN.clientId, SALESFORCE_CLIENT_SECRET: LOGIN.clientSecret },
    });
    // The upgrade: nothing but the migrations of today.
    changes.push(...(await migrate(postgres.url)));
    operator = new pg.Client(postgres.url);
    await operator.connect();
    org = await startOrg([], orgPort);
    salesforce = await org.connect();
  }, 180_000);
  afterAll(async () => {
    await api.close();
    await org.stop();
    await operator.end();
    await postgres.stop();
  });

  it('keeps every table, row and value, but for what is said to have moved', async () => {
    const { now, before } = await heldAndKept(operator, version, manifest);
    expect(now).toEqual(before);
  });

  it('lets in who was let in, and nobody else, and shows each what it showed', async () => {
    // Only the clock has ended the sessions of that day.
    await operator.query(`UPDATE di.session SET expires_at = now() + interval '1 hour'`);
    api = await startServer({ ...config, role: 'api' }, logger);
    for (const { caller, method, path, status, answer } of manifest.reads) {
      const now = await callerNamed(caller).send({ method, path });
      expect.soft(now.status, `${caller} GET ${path}: ${now.text}`).toBe(status);
      if (answer !== null)
        expect.soft(readAnswer(now.text), `${caller} GET ${path}`).toMatchObject(asRead(answer) ?? {});
    }
  });

  it('answers writes that are repeated as it did, and writes nothing', async () => {
    const rows = (): Promise<unknown> =>
      contents(['di.batch', 'di.row_write', 'di.consent_event', 'di.write_item']);
    const before = await rows();
    for (const write of manifest.writes) {
      const { status, text } = await callerNamed(write.caller).send(write);
      const now = { status, answer: readAnswer(text) };
      expect
        .soft(now, `${write.method} ${write.path}`)
        .toEqual({ status: write.status, answer: asRead(write.answer) });
    }
    expect(await rows()).toEqual(before);
  });

  it('takes an access token that was given before, for as long as it lives', async () => {
    const batch = manifest.writes.find(({ caller }) => caller === 'other org');
    if (!batch) throw new Error('The snapshot has no batch to repeat.');
    const token = bearer(named('access token'));
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(manifest.madeAt) });
    try {
      expect((await token.send(batch)).status).toBe(200);
      vi.setSystemTime(Date.now() + 3_600_000);
      const { status, text } = await token.send(batch);
      expect({ status, answer: readAnswer(text) }).toMatchObject({
        ...{ status: 401, answer: { code: 'token-expired' } },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses what was revoked, ended or replaced', async () => {
    const list = { method: 'GET', path: '/v1/admin/projects' };
    for (const token of ['revoked key', 'ended session'])
      expect((await bearer(named(token)).send(list)).status, token).toBe(401);
    const renewed = manifest.callers.renewed;
    if (renewed?.kind !== 'plugin') throw new Error('The snapshot has no renewed secret.');
    await expect(accessToken(api.url, { ...renewed, secret: named('old secret') })).rejects.toThrow('401');
    const revoked = { keyId: named('revoked key id'), secret: named('revoked secret') };
    await expect(accessToken(api.url, { ...renewed, ...revoked })).rejects.toThrow('401');
    const event = { method: 'POST', path: '/v1/identify', body: { type: 'identify', userId: 'x' } };
    expect((await callerNamed('revoked site').send(event)).status).toBe(401);
    const link = { method: 'GET', path: named('revoked link') };
    expect((await callerNamed('anybody').send(link)).status).toBe(404);
  });

  it('does what links of mails sent before ask for', async () => {
    await operator.query(
      `UPDATE di.consent SET pending_until = now() + interval '1 day' WHERE pending_until IS NOT NULL`,
    );
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const anybody = callerNamed('anybody');
    await anybody.call('POST', named('confirmation link'), 'action=confirm', form);
    expect(await consentOfAnn()).toMatchObject({ news: 'granted', events: 'granted' });
    await anybody.call('POST', named('unsubscribe link'), 'List-Unsubscribe=One-Click', form);
    expect(await consentOfAnn()).toMatchObject({ news: 'withdrawn', events: 'withdrawn' });
  });

  it('lets the reader of SQL in with the password of then, to the same rows', async () => {
    const address = new URL(postgres.url);
    address.username = named('sql role');
    address.password = named('sql password');
    const reader = new pg.Client(address.href);
    await reader.connect();
    try {
      const { rows } = await reader.query('SELECT 1 FROM "Contact"');
      expect(rows).toHaveLength(manifest.tables['p_news.Contact']?.rows ?? 0);
      await expect(reader.query('SELECT 1 FROM di.account')).rejects.toThrow('permission denied');
    } finally {
      await reader.end();
    }
  });

  it.runIf('Long numbers' in manifest.named)('knows by its number who has a long one', async () => {
    const cards = await keysOf('/v1/admin/projects/LONG/tables/Card/duplicates', 'duplicates');
    const shared = [...NUMBERS, 41].map((number) => ({ number, email: mailOf(String(number)) }));
    expect(cards).toHaveLength(shared.length);
    expect(cards).toEqual(expect.arrayContaining(shared));
    const path = `/v1/admin/deliveries?integration=${named('Long numbers')}&limit=100`;
    const waiting = await keysOf(path, 'deliveries');
    expect(waiting).toHaveLength(NUMBERS.length);
    expect(waiting).toEqual(expect.arrayContaining(NUMBERS.map((number) => ({ number }))));
    const { rows } = await operator.query(
      `SELECT FROM di.record_identity i JOIN p_long."Contact" c ON i.record_key = jsonb_build_object('number', c.number::text)`,
    );
    // Those that have a neighbour, and the one that a float holds, of whom consent is known.
    expect(rows).toHaveLength(NUMBERS.length + 1);
  });

  it.runIf('Long numbers' in manifest.named)(
    'lists rows that stand double by their own numbers',
    async () => {
      const answer = await callerNamed('shop').call('GET', '/v1/admin/projects/LONG/duplicates');
      const { duplicates } = duplicatesSchema.parse(answer);
      const found = duplicates.map(({ row, sameAs }) => [row.key, sameAs.key]);
      const double = NUMBERS.map((number) =>
        [mailOf(number).toUpperCase(), mailOf(number)].map((email) => ({ number, email })),
      );
      expect(found).toHaveLength(double.length);
      expect(found).toEqual(expect.arrayContaining(double));
    },
  );

  it('goes on with what waited: deliveries, events, actions, a pull, a deployment, half an import', async () => {
    await moveOrgs();
    await api.close();
    api = await startServer({ ...config, role: 'both' }, logger);
    const shop = callerNamed('shop');
    const found = async (object: string, email: string): Promise<number> =>
      (await salesforce.connection.query(`SELECT Id FROM ${object} WHERE Email = '${email}'`)).totalSize;
    await eventually(async () => (await found('Contact', 'buyer10@shop.example.com')) === 1);
    await eventually(async () => (await found('Contact', 'waiting@shop.example.com')) === 1);
    await eventually(async () => (await found('Lead', 'waiting@example.com')) === 1);
    const states = async (): Promise<unknown> => ({
      import: await shop.call('GET', `/v1/admin/imports/${named('broken import')}`),
      run: await shop.call('GET', `/v1/admin/pulls/${named('pull')}/runs/${named('waiting run')}`),
    });
    await eventually(async () => overSchema.safeParse(await states()).success);
    expect(await states()).toMatchObject({
      import: { status: 'done', counts: { rows: 2100, created: 2100, rejected: 0 } },
      run: { state: 'done' },
    });
  }, 180_000);

  /** The orgs of the snapshot are at another address now; what opens them is what was sealed then. */
  async function moveOrgs(): Promise<void> {
    await operator.query('UPDATE di.salesforce_authorization SET login_origin = $1, instance_url = $1', [
      org.url,
    ]);
  }

  const keysOf = async (path: string, list: string): Promise<unknown[]> => {
    const answer = z.record(z.string(), z.unknown()).parse(await callerNamed('shop').call('GET', path));
    return z
      .array(z.object({ key: z.unknown() }))
      .parse(answer[list])
      .map(({ key }) => key);
  };

  async function contents(tables: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await operator.query<{ count: number }>(`SELECT count(*)::integer FROM ${table}`);
      counts[table] = rows[0]?.count ?? 0;
    }
    return counts;
  }

  const callerNamed = (name: string): Caller => {
    const credential = manifest.callers[name];
    if (!credential) throw new Error(`The snapshot has no caller ${name}.`);
    return new Caller(api.url, credential);
  };
  const bearer = (token: string): Caller => new Caller(api.url, { kind: 'bearer', token });

  async function consentOfAnn(): Promise<Record<string, string | null>> {
    const key = encodeURIComponent('{"email":"ann@example.com"}');
    const answer = await callerNamed('owner').call(
      'GET',
      `/v1/admin/projects/NEWS/consent/contact?key=${key}`,
    );
    const { consents } = consentSchema.parse(answer);
    return Object.fromEntries(consents.map(({ optIn, status }) => [optIn, status]));
  }

  const named = (name: string): string => {
    const value = manifest.named[name];
    if (value === undefined) throw new Error(`The snapshot names nothing ${name}.`);
    return value;
  };
});

it('lets consent reach all records of a person where nobody who could choose chose otherwise', async () => {
  const postgres = await startPostgres('empty');
  const client = new pg.Client(postgres.url);
  try {
    await restore('015-cost-of-the-way-back', postgres.url);
    await client.connect();
    const matching = `SELECT count(*)::integer, matching->>'several' AS several FROM di.integration
      WHERE 'consent' = ANY (operations) GROUP BY several`;
    await client.query(
      `UPDATE di.integration SET matching = matching || '{"several": "refuse"}' WHERE 'consent' = ANY (operations)`,
    );
    // As the console defined it, which asked nobody.
    await client.query('ALTER TABLE di.audit_event DISABLE TRIGGER USER');
    await client.query(`UPDATE di.audit_event SET actor_kind = 'user' WHERE action LIKE 'integration.%'`);
    expect((await client.query(matching)).rows).toEqual([{ count: 1, several: 'refuse' }]);
    changes.push(...(await migrate(postgres.url)));
    expect((await client.query(matching)).rows).toEqual([{ count: 1, several: 'all' }]);
  } finally {
    await client.end();
    await postgres.stop();
  }
});

it('have rows, some of them, that each statement of a migration changes which changes any', () => {
  const most = new Map<string, number>();
  for (const { migration, sql, rows } of changes) {
    const statement = `${migration}: ${sql.trim()}`;
    most.set(statement, Math.max(rows, most.get(statement) ?? 0));
  }
  expect([...most].filter(([, rows]) => rows === 0).map(([statement]) => statement)).toEqual([]);
  expect(most.size).toBeGreaterThan(0);
});
