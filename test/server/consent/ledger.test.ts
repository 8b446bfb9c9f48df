import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const ANN = { email: 'ann@example.com' };
const BOB = { email: 'bob@example.com' };

describe('the ledger for an auditor', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await createOptIn(server, scene);
    await createOptIn(server, scene, 'calls');
    await postBatch(server, token, {
      upserts: [
        [contactId(1), moment(0), ANN.email, 'Ann'],
        [contactId(2), moment(0), BOB.email, 'Bob'],
      ],
    }).expect(200);
    const day = (number: number): string => `2026-01-0${number}T00:00:00Z`;
    await changeConsent(server, scene, [
      {
        contact: ANN,
        optIn: 'newsletter',
        status: 'granted',
        occurredAt: day(1),
        note: '=HYPERLINK("http://x")',
      },
      { contact: ANN, optIn: 'calls', status: 'granted', occurredAt: day(2), proof: { text: 'a "b", c' } },
      { contact: BOB, optIn: 'newsletter', status: 'granted', occurredAt: day(3), source: 'import' },
      { contact: ANN, optIn: 'newsletter', status: 'withdrawn', occurredAt: day(4) },
    ]);
  });
  afterAll(() => server.close());

  const download = async (query: Record<string, string> = {}): Promise<Record<string, string>[]> => {
    const answer = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/consent/ledger.csv?${new URLSearchParams(query).toString()}`,
    ).expect(200);
    expect(answer.headers['content-type']).toContain('text/csv');
    return parse<Record<string, string>>(answer.text, { columns: true });
  };
  const days = (rows: readonly Record<string, string>[]): (string | undefined)[] =>
    rows.map((row) => row.occurredAt?.slice(9, 10));

  it('holds every event in order, with who, when, from where and the proof', async () => {
    const rows = await download();
    expect(days(rows)).toEqual(['1', '2', '3', '4']);
    expect(rows[1]).toMatchObject({
      contact: '{"email":"ann@example.com"}',
      optIn: 'calls',
      asked: 'granted',
      previous: '',
      status: 'granted',
      source: 'api',
      actorKind: 'operator',
      proof: '{"text":"a \\"b\\", c"}',
    });
    expect(rows[3]).toMatchObject({ previous: 'granted', status: 'withdrawn' });
    expect(rows[0]?.note).toMatch(/^'=HYPERLINK/);
  });

  it('is cut by person, address, opt-in, source and time', async () => {
    expect(days(await download({ key: JSON.stringify(ANN) }))).toEqual(['1', '2', '4']);
    expect(days(await download({ address: ' BOB@example.com' }))).toEqual(['3']);
    expect(days(await download({ optIn: 'newsletter' }))).toEqual(['1', '3', '4']);
    expect(days(await download({ source: 'import' }))).toEqual(['3']);
    expect(days(await download({ from: '2026-01-02T00:00:00Z', to: '2026-01-04T00:00:00Z' }))).toEqual([
      '2',
      '3',
    ]);
    expect(await download({ key: '{"email":"nobody@example.com"}' })).toEqual([]);
  });

  it('is found by the address of somebody who was erased', async () => {
    const { knex } = server.database;
    await knex.transaction(async (transaction) => {
      await transaction.raw("SELECT set_config('di.erasing', 'on', true)");
      await transaction.raw(
        `SELECT di.erase_consent_events(array_agg(id)) FROM di.record_identity WHERE record_key = ?::jsonb`,
        [JSON.stringify(ANN)],
      );
    });
    const rows = await download({ address: ANN.email });
    expect(rows.map(({ status, contact, note, proof }) => [status, contact, note, proof])).toEqual([
      ['granted', '', '', ''],
      ['granted', '', '', ''],
      ['withdrawn', '', '', ''],
    ]);
  });
});
