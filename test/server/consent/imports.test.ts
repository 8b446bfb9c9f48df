import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type request from 'supertest';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
import {
  ADMIN,
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

describe('an import of opt-outs', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    await createOptIn(server, scene);
    await createOptIn(server, scene, 'calls');
    await postBatch(server, token, {
      upserts: [
        [contactId(1), moment(0), 'Ann@Example.com', 'Ann'],
        [contactId(2), moment(0), 'bob@example.com', 'Bob'],
      ],
    }).expect(200);
    await changeConsent(
      server,
      scene,
      ['Ann@Example.com', 'bob@example.com'].map((email) => ({
        contact: { email },
        optIn: 'newsletter',
        status: 'granted',
        occurredAt: '2026-02-01T00:00:00Z',
      })),
    );
  });

  const upload = (csv: string, query = '', type = 'text/csv'): request.Test =>
    admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/imports${query}`)
      .set('Content-Type', type)
      .send(csv);

  it('withdraws by address, however it is written, with the file as proof', async () => {
    const answer = await upload(
      'address,optIn,date,reason\r\nann@example.COM,newsletter,2026-03-01,"Asked, by phone"\r\n',
      '?name=crm.csv',
    ).expect(200);
    expect(answer.body).toMatchObject({ lines: 1, withdrawn: 1, rejected: 0, unknownContacts: 0 });
    const { consents, events } = await consentOf(server, scene, { email: 'Ann@Example.com' });
    expect(consents.map(({ status }) => status)).toEqual(['withdrawn', null]);
    expect(events.at(-1)).toMatchObject({
      source: 'import',
      occurredAt: '2026-03-01T00:00:00.000Z',
      note: 'Asked, by phone',
      proof: { file: 'crm.csv', line: 2 },
    });
  });

  it('withdraws all opt-ins where neither the line nor the query names one', async () => {
    await upload('email\nbob@example.com\n').expect(200);
    expect(
      (await consentOf(server, scene, { email: 'bob@example.com' })).consents.map(({ status }) => status),
    ).toEqual(['withdrawn', 'withdrawn']);
    await upload('email\nAnn@Example.com\n', '?optIn=calls').expect(200);
    expect(await statusOf(server, scene, 'Ann@Example.com')).toBe('granted');
  });

  it('keeps the withdrawal of somebody who is not there yet', async () => {
    const answer = await upload('address\nlater@example.com\n').expect(200);
    expect(answer.body).toMatchObject({ withdrawn: 1, unknownContacts: 1 });
    await postBatch(server, token, {
      upserts: [[contactId(3), moment(0), 'later@example.com', 'Later']],
    }).expect(200);
    const grant = { contact: { email: 'later@example.com' }, optIn: 'newsletter', status: 'granted' };
    await changeConsent(server, scene, [{ ...grant, source: 'import' }]);
    expect(await statusOf(server, scene, 'later@example.com')).toBe('withdrawn');
  });

  it('says which lines it could not take, and takes the others', async () => {
    const answer = await upload(
      [
        'address,optIn,date',
        'no address,newsletter,',
        'bob@example.com,faxes,',
        'bob@example.com,newsletter,2026-02-30',
        'bob@example.com,newsletter,2996-01-01',
        ',newsletter,',
        'b\0b@example.com,newsletter,',
        'bob@example.com,newsletter,',
      ].join('\n'),
    ).expect(200);
    expect(answer.body).toMatchObject({
      lines: 7,
      withdrawn: 1,
      rejected: 6,
      rejectedLines: [
        { line: 2, code: 'invalid-email' },
        { line: 3, code: 'unknown-opt-in' },
        { line: 4, code: 'invalid-moment' },
        { line: 5, code: 'in-the-future' },
        { line: 6, code: 'required' },
        { line: 7, code: 'invalid-character' },
      ],
    });
  });

  it('changes nothing the second time, and nothing that the person did since', async () => {
    const csv = 'address,date\nbob@example.com,2026-03-01\nAnn@Example.com,2026-01-01\n';
    const first = await upload(csv, '?optIn=newsletter').expect(200);
    expect(first.body).toMatchObject({ withdrawn: 1, overruled: 1 });
    await changeConsent(server, scene, [
      { contact: { email: 'bob@example.com' }, optIn: 'newsletter', status: 'granted' },
    ]);
    const again = await upload(csv, '?optIn=newsletter').expect(200);
    expect(again.body).toMatchObject({ lines: 2, withdrawn: 0, unchanged: 2 });
    for (const email of ['bob@example.com', 'Ann@Example.com'])
      expect(await statusOf(server, scene, email)).toBe('granted');
  });

  it('takes what a list manager exports of the unsubscribed as it is, with the moments of its time zone', async () => {
    const answer = await upload(
      [
        '\ufeff"Email Address","First Name","MEMBER_RATING",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,UNSUB_REASON_OTHER,LEID',
        '"ANN@example.com","Ann",2,"2026-03-01 10:22:33","Spring, again","No longer interested",,"123"',
        '"bob@example.com","Bob",5,"0000-00-00 00:00:00",,,,"124"',
      ].join('\r\n'),
      '?optIn=newsletter&timeZone=America/Toronto',
    ).expect(200);
    expect(answer.body).toMatchObject({
      lines: 2,
      withdrawn: 2,
      rejected: 0,
      ignoredColumns: ['First Name', 'MEMBER_RATING', 'UNSUB_CAMPAIGN_TITLE', 'UNSUB_REASON_OTHER', 'LEID'],
    });
    const { events } = await consentOf(server, scene, { email: 'ann@example.com' });
    expect(events.at(-1)).toMatchObject({
      occurredAt: '2026-03-01T15:22:33.000Z',
      note: 'No longer interested',
    });
    expect(await statusOf(server, scene, 'bob@example.com')).toBe('withdrawn');
  });

  it('reads dates in the order that is told, and takes off the guard of an export', async () => {
    const csv = `address,date,reason\nbob@example.com,03/04/2026 1:05 pm,"'=none"\n`;
    await upload(csv, '?optIn=newsletter&dates=dmy').expect(200);
    const { events } = await consentOf(server, scene, { email: 'bob@example.com' });
    expect(events.at(-1)).toMatchObject({ occurredAt: '2026-04-03T13:05:00.000Z', note: '=none' });
  });

  it('is not fooled by a list of those who subscribed, nor by one that may be of several lists', async () => {
    const subscribed = await upload('Email Address,First Name,OPTIN_TIME\nbob@example.com,Bob,2026-01-01\n');
    expect(subscribed.body).toMatchObject({ status: 422, code: 'unknown-column' });
    const several = 'Email,List,Unsubscribed at\nbob@example.com,Sports,2026-03-01\n';
    expect((await upload(several)).body).toMatchObject({ status: 422, code: 'opt-in-missing' });
    expect(await statusOf(server, scene, 'bob@example.com')).toBe('granted');
    expect((await upload(several, '?optIn=newsletter')).body).toMatchObject({
      withdrawn: 1,
      ignoredColumns: ['List'],
    });
  });

  it('takes many lines, a portion at a time', async () => {
    const lines = Array.from({ length: 3500 }, (_, index) => `many${index}@example.com`);
    const answer = await upload(`address\n${lines.join('\n')}\n`, '?optIn=newsletter').expect(200);
    expect(answer.body).toMatchObject({ lines: 3500, withdrawn: 3500, unknownContacts: 3500 });
    const found = await server.database.pool.query<{ count: number }>(
      `SELECT count(*) AS count FROM di.consent c JOIN di.opt_in o ON o.id = c.opt_in_id JOIN di.project p ON p.id = o.project_id
       WHERE p.code = $1 AND c.status = 'withdrawn'`,
      [scene.project],
    );
    expect(found.rows[0]?.count).toBe(3500);
  });

  it.each([
    ['a header without a person', 'optIn,date\nnewsletter,2026-01-01\n', 422, 'key-missing'],
    ['an unknown column', 'address,color\nbob@example.com,red\n', 422, 'unknown-column'],
    ['a column twice', 'address,address\nbob@example.com,a\n', 422, 'unknown-column'],
    ['a line of another width', 'address,date\nbob@example.com\n', 400, 'invalid-csv'],
    ['an open quote', 'address\n"bob@example.com\n', 400, 'invalid-csv'],
    ['a line without an end', `address\n${'x'.repeat(50_000)}`, 400, 'invalid-csv'],
  ])('refuses %s', async (_name, csv, status, code) => {
    expect((await upload(csv)).body).toMatchObject({ status, code });
    expect(await statusOf(server, scene, 'bob@example.com')).toBe('granted');
  });

  it('is of text/csv, of opt-ins that are there, and noted', async () => {
    await upload('{}', '', 'application/json').expect(415);
    await upload('address\n', '?optIn=faxes').expect(404);
    await upload('address\nbob@example.com\n', '?name=a.csv').expect(200);
    const events = await admin(server, 'get', '/v1/admin/audit-events?limit=1').expect(200);
    expect((events.body as { events: object[] }).events[0]).toMatchObject({
      action: 'consent.imported',
      detail: { name: 'a.csv' },
    });
  });

  it('keeps what it read when its sender goes away, and does not wait for more', async () => {
    const http = server.app.listen(0, '127.0.0.1');
    await vi.waitUntil(() => http.listening);
    const { port } = http.address() as AddressInfo;
    const lines = Array.from({ length: 1500 }, (_, index) => `gone${index}@example.com`).join('\n');
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/admin/projects/${scene.project}/consent/imports?optIn=newsletter HTTP/1.1\r\nHost: x\r\n` +
        `Authorization: Bearer ${ADMIN}\r\nContent-Type: text/csv\r\nContent-Length: 9000000\r\n\r\naddress\n${lines}\n`,
    );
    const kept = async (): Promise<number> => {
      const found = await server.database.pool.query<{ count: number }>(
        `SELECT count(*) AS count FROM di.consent_event e JOIN di.project p ON p.id = e.project_id
         WHERE p.code = $1 AND e.source = 'import'`,
        [scene.project],
      );
      return found.rows[0]?.count ?? 0;
    };
    await vi.waitUntil(async () => (await kept()) === 1000, { timeout: 30_000 });
    socket.destroy();
    await new Promise((resolve) => http.close(resolve));
    expect(await kept()).toBe(1000);
  });
});
