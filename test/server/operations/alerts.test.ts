import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMailer } from '../../../server/src/mail/mailer.ts';
import { sendAlert } from '../../../server/src/operations/alert-loop.ts';
import { resealChannels } from '../../../server/src/operations/channels.ts';
import {
  closeIncident,
  openIncident,
  type IncidentReport,
} from '../../../server/src/connections/incidents.ts';
import { Teller } from '../../../server/src/operations/teller.ts';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import { as, createAccount, type Account } from '../support/accounts.ts';
import { decoded, startMailServer, type MailServer } from '../support/mail-server.ts';
import { createScene, startTestServer, type TestServer } from '../support/test-server.ts';

const logger = pino({ level: 'silent' });

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let mail: MailServer;
let hooks: Server;
let hookUrl: string;
let calls: Call[];
let hookAnswer: { status: number; location?: string };
let server: TestServer;
let account: Account;
let report: IncidentReport;

beforeAll(async () => {
  mail = await startMailServer();
  hooks = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.once('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      response.writeHead(hookAnswer.status, hookAnswer.location ? { Location: hookAnswer.location } : {});
      response.end('an answer that nobody reads');
    });
  });
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
  const { port } = hooks.address() as AddressInfo;
  hookUrl = `http://127.0.0.1:${port}/hook`;
  server = await startTestServer(null, {
    alerts: {
      smtpUrl: mail.url,
      from: 'DI Connect <alerts@di.example.com>',
      privateHosts: [`127.0.0.1:${port}`],
    },
  });
});
afterAll(async () => {
  await server.close();
  await mail.stop();
  await new Promise((resolve) => hooks.close(resolve));
});
beforeEach(async () => {
  await server.database.knex('di.alert').delete();
  mail.mails.length = 0;
  mail.refusals.clear();
  calls = [];
  hookAnswer = { status: 204 };
  account = await createAccount(server);
  const { connectionId } = await createScene(server, account.token);
  report = {
    accountId: account.id,
    connectionId,
    kind: 'authorization-lost',
    message: 'Salesforce answered invalid_grant.',
    waiting: 1200,
  };
});

async function addChannel(
  kind: 'email' | 'webhook',
  address: string,
  language = 'en',
): Promise<{ id: string; secret: string | null }> {
  const answer = await as(server, account.token, 'post', '/v1/admin/alert-channels')
    .send({ kind, address, language })
    .expect(201);
  return answer.body as { id: string; secret: string | null };
}

/** Sends whatever is due. */
async function sendAll(): Promise<void> {
  while (await sendAlert(server.database.knex, server.services.teller, logger)) continue;
}

/** Lets minutes pass for everything that waits for its time. */
async function pass(minutes: number): Promise<void> {
  const { knex } = server.database;
  const earlier = (column: string): ReturnType<typeof knex.raw> =>
    knex.raw('?? - make_interval(mins => ?)', [column, minutes]);
  await knex('di.alert').update({ due_at: earlier('due_at'), leased_until: earlier('leased_until') });
  await knex('di.incident').update({ closed_at: earlier('closed_at') });
}

async function incidents(query = ''): Promise<Record<string, unknown>[]> {
  const answer = await as(server, account.token, 'get', `/v1/admin/incidents${query}`).expect(200);
  return (answer.body as { incidents: Record<string, unknown>[] }).incidents;
}

const open = (changes: Partial<IncidentReport> = {}): Promise<void> =>
  openIncident(server.database.knex, { ...report, ...changes });
const close = (): Promise<void> => closeIncident(server.database.knex, report);

describe('an incident', () => {
  it('is told once when something stops and once when it works again, and then there is silence', async () => {
    await addChannel('email', 'admin@example.com');
    for (const _again of [1, 2, 3]) await open();
    await sendAll();
    expect(mail.mails).toHaveLength(1);
    const [told] = mail.mails;
    expect(told?.to).toEqual(['admin@example.com']);
    expect(told?.text).toMatch(/^Subject: DI Connect, Org: Salesforce no longer lets the connection in$/m);
    expect(told?.text).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(told?.text).toContain('Salesforce answered invalid_grant.');
    expect(told?.text).toContain('Nothing is lost: 1,200 changes wait.');
    expect(told?.text).toContain('What to do: Mend what is named above.');
    expect(told?.text).toMatch(/Since: \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(told?.text).toContain(server.config.publicUrl);

    await close();
    await close();
    await pass(11);
    await sendAll();
    expect(mail.mails).toHaveLength(2);
    expect(mail.mails[1]?.text).toContain('Works again: Salesforce no longer lets the connection in');
    await pass(100);
    await sendAll();
    expect(mail.mails).toHaveLength(2);
    expect(await incidents('?status=open')).toEqual([]);
    expect(await incidents('?status=closed')).toMatchObject([{ kind: 'authorization-lost', times: 1 }]);
  });

  it('is listed with what has stopped and what to do, in the reader’s language', async () => {
    await open();
    expect(await incidents()).toMatchObject([
      {
        stopped: 'Salesforce no longer lets the connection in',
        action: expect.stringContaining('authorize it again') as unknown,
      },
    ]);
    const [french] = await incidents('?language=fr');
    expect(french?.action).toContain('DI Connect');
    expect(french?.action).not.toContain('authorize');
  });

  it('that is closed without having been opened is no news', async () => {
    await addChannel('email', 'admin@example.com');
    await close();
    await pass(11);
    await sendAll();
    expect(mail.mails).toEqual([]);
    expect(await incidents()).toEqual([]);
  });

  it('that comes and goes is one incident: its recovery is told when it has lasted', async () => {
    await addChannel('email', 'admin@example.com');
    for (const _again of [1, 2, 3]) {
      await open();
      await sendAll();
      await close();
      await pass(2);
      await sendAll();
    }
    expect(mail.mails).toHaveLength(1);
    expect(await incidents()).toMatchObject([{ times: 3 }]);
    await pass(9);
    await sendAll();
    expect(mail.mails).toHaveLength(2);
    await open();
    await sendAll();
    expect(mail.mails).toHaveLength(3);
    expect(await incidents()).toHaveLength(2);
  });

  it('of another kind, connection or integration is another one', async () => {
    await addChannel('email', 'admin@example.com');
    const other = await createScene(server, account.token);
    await open();
    await open({ kind: 'permission-missing' });
    await open({ connectionId: other.connectionId });
    await open({ kind: 'integration-stopped', subject: 'Contacts' });
    await open({ kind: 'integration-stopped', subject: 'Leads' });
    await sendAll();
    expect(mail.mails).toHaveLength(5);
    expect(mail.mails.filter(({ text }) => text.includes('(Leads)'))).toHaveLength(1);
  });

  it('is taken back with the transaction that found it out', async () => {
    await addChannel('email', 'admin@example.com');
    await expect(
      server.database.knex.transaction(async (transaction) => {
        await openIncident(transaction, report);
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    await sendAll();
    expect(mail.mails).toEqual([]);
    expect(await incidents()).toEqual([]);
  });

  it('found out by several at the same moment is opened once', async () => {
    await addChannel('email', 'admin@example.com');
    await Promise.all([open(), open(), open(), open()]);
    await sendAll();
    expect(mail.mails).toHaveLength(1);
  });

  it('is told to the owners where the account has no channel', async () => {
    await open();
    await sendAll();
    expect(mail.mails.map(({ to }) => to)).toEqual([[account.email]]);
    await close();
    await pass(11);
    await sendAll();
    expect(mail.mails).toHaveLength(2);
  });

  it('is told in the language of the channel', async () => {
    await addChannel('email', 'admin@example.com', 'fr');
    await open();
    await sendAll();
    expect(mail.mails[0]?.text).toContain('Rien n’est perdu');
    expect(mail.mails[0]?.text).toMatch(
      /^Subject: DI Connect, Org : Salesforce n’accepte plus la connexion$/m,
    );
  });

  it('of another account is told to nobody here', async () => {
    const other = await createAccount(server);
    await as(server, other.token, 'post', '/v1/admin/alert-channels')
      .send({ kind: 'email', address: 'stranger@example.com' })
      .expect(201);
    await addChannel('email', 'admin@example.com');
    await open();
    await sendAll();
    expect(mail.mails.map(({ to }) => to)).toEqual([['admin@example.com']]);
  });
});

describe('an alert', () => {
  it('that the mail server refuses for now is tried again, and not given up', async () => {
    await addChannel('email', 'busy@example.com');
    mail.refusals.set('busy@example.com', 451);
    await open();
    await sendAll();
    expect(mail.mails).toEqual([]);
    mail.refusals.clear();
    await sendAll();
    expect(mail.mails).toEqual([]);
    await pass(2);
    await sendAll();
    expect(mail.mails).toHaveLength(1);
  });

  it('that the mail server refuses for good is given up, and the channel says why', async () => {
    const { id } = await addChannel('email', 'nobody@example.com');
    mail.refusals.set('nobody@example.com', 550);
    await open();
    await sendAll();
    mail.refusals.clear();
    await pass(10_000);
    await sendAll();
    expect(mail.mails).toEqual([]);
    const answer = await as(server, account.token, 'get', '/v1/admin/alert-channels').expect(200);
    expect(answer.body).toMatchObject({
      channels: [{ id, lastError: expect.stringContaining('550') as string }],
    });
  });

  it('whose sender died is sent by another, as the same message', async () => {
    await addChannel('email', 'admin@example.com');
    await open();
    const { knex } = server.database;
    const [dead] = await knex('di.alert').where({ account_id: account.id }).select<{ id: string }[]>('id');
    await knex('di.alert')
      .where({ account_id: account.id })
      .update({
        attempts: 1,
        lease: account.id,
        leased_until: knex.raw("now() + interval '5 minutes'"),
      });
    await sendAll();
    expect(mail.mails).toEqual([]);
    await pass(6);
    await sendAll();
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]?.text).toContain(`Message-ID: <alert-${dead?.id ?? ''}@di.example.com>`);
  });

  it('of a recovery waits until the news that it takes back has arrived', async () => {
    await addChannel('email', 'admin@example.com');
    mail.refusals.set('admin@example.com', 451);
    await open();
    await sendAll();
    await close();
    await pass(30);
    await sendAll();
    expect(mail.mails).toEqual([]);
    mail.refusals.clear();
    await pass(60);
    await sendAll();
    expect(mail.mails.map(({ text }) => text.includes('Works again'))).toEqual([false, true]);
  });

  it('without a mail server is kept as a file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-mail-'));
    const config = {
      ...server.config,
      dataFolder: folder,
      alerts: { ...server.config.alerts, smtpUrl: null },
    };
    const box = new SecretBox(server.config.encryptionKeys);
    const mailer = createMailer(config.alerts, config.dataFolder);
    try {
      await open();
      expect(
        await sendAlert(server.database.knex, new Teller(server.database.knex, box, mailer, config), logger),
      ).toBe(true);
      const [file = ''] = readdirSync(path.join(folder, 'mail'));
      expect(file).toMatch(/\.eml$/);
      expect(decoded(readFileSync(path.join(folder, 'mail', file), 'latin1'))).toContain(
        'Salesforce answered invalid_grant.',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a webhook', () => {
  it('is called with what happened, signed with the secret that was shown once', async () => {
    const { id, secret } = await addChannel('webhook', hookUrl);
    await open();
    await sendAll();
    expect(calls).toHaveLength(1);
    const { headers, body } = calls[0] ?? { headers: {}, body: '' };
    expect(JSON.parse(body)).toMatchObject({
      id: headers['di-alert-id'],
      event: 'incident.opened',
      incident: {
        kind: 'authorization-lost',
        connection: { id: report.connectionId, name: 'Org' },
        waiting: 1200,
      },
    });
    const [, seconds, signature] = /^t=(\d+),v1=([\da-f]{64})$/.exec(String(headers['di-signature'])) ?? [];
    const expected = createHmac('sha256', secret ?? '')
      .update(`${seconds ?? ''}.${body}`)
      .digest('hex');
    expect(signature).toBe(expected);
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);

    const listed = await as(server, account.token, 'get', '/v1/admin/alert-channels').expect(200);
    expect(listed.text).not.toContain(secret);
    const stored = await server.database
      .knex('di.alert_channel')
      .where({ id })
      .first<{ sealed_secret: string }>();
    expect(stored.sealed_secret).not.toContain(secret);
  });

  it('that fails is called again with the same id', async () => {
    await addChannel('webhook', hookUrl);
    hookAnswer = { status: 503 };
    await open();
    await sendAll();
    hookAnswer = { status: 200 };
    await pass(2);
    await sendAll();
    await pass(1000);
    await sendAll();
    expect(calls).toHaveLength(2);
    expect(calls[0]?.headers['di-alert-id']).toBe(calls[1]?.headers['di-alert-id']);
  });

  it('that redirects is not followed', async () => {
    const { id } = await addChannel('webhook', hookUrl);
    hookAnswer = { status: 302, location: hookUrl };
    const answer = await as(server, account.token, 'post', `/v1/admin/alert-channels/${id}/test`).expect(502);
    expect(answer.body).toMatchObject({
      code: 'alert-not-sent',
      detail: expect.stringContaining('redirects are not followed') as string,
    });
    expect(calls).toHaveLength(1);
  });

  it('of a name that leads into this network is not called', async () => {
    const { id } = await addChannel('webhook', 'https://localhost/hook');
    const answer = await as(server, account.token, 'post', `/v1/admin/alert-channels/${id}/test`).expect(502);
    expect(answer.body).toMatchObject({
      detail: expect.stringContaining('not an address of the internet') as string,
    });
  });

  it('of this network, or without TLS, cannot be given', async () => {
    for (const address of [
      'https://10.0.0.1/',
      'http://hooks.example.com/',
      'https://a:b@hooks.example.com/',
    ])
      expect(
        (
          await as(server, account.token, 'post', '/v1/admin/alert-channels')
            .send({ kind: 'webhook', address })
            .expect(400)
        ).body,
      ).toMatchObject({ code: 'invalid-address' });
  });

  it('keeps its secret when the encryption key changes', async () => {
    const { id, secret } = await addChannel('webhook', hookUrl);
    const { knex } = server.database;
    const [old] = server.config.encryptionKeys;
    const young = { id: 'young', secret: Buffer.alloc(32, 'y') };
    expect(await resealChannels(knex, new SecretBox([young, old]))).toBeGreaterThan(0);
    const rotated = new Teller(knex, new SecretBox([young]), server.services.mailer, server.config);
    expect(await rotated.channels(knex, account.id).secretOf(id)).toBe(secret);
    await resealChannels(knex, new SecretBox([old, young]));
  });
});

describe('a channel', () => {
  it('is tested at once, in its language', async () => {
    const { id } = await addChannel('email', 'admin@example.com', 'fr');
    await as(server, account.token, 'post', `/v1/admin/alert-channels/${id}/test`).expect(200);
    expect(mail.mails[0]?.text).toContain('Ceci est un essai.');
  });

  it('that is switched off hears nothing, and the owners are told in its place', async () => {
    const { id } = await addChannel('email', 'admin@example.com');
    await as(server, account.token, 'patch', `/v1/admin/alert-channels/${id}`)
      .send({ isActive: false })
      .expect(200);
    await open();
    await sendAll();
    expect(mail.mails.map(({ to }) => to)).toEqual([[account.email]]);
  });

  it('cannot be given twice, nor be an address that is none', async () => {
    await addChannel('email', 'admin@example.com');
    const twice = await as(server, account.token, 'post', '/v1/admin/alert-channels')
      .send({ kind: 'email', address: 'admin@example.com' })
      .expect(409);
    expect(twice.body).toMatchObject({ code: 'alert-channel-exists' });
    for (const address of ['nobody', 'a@example.com\r\nBcc: b@example.com', 'a@example.com, b@example.com'])
      await as(server, account.token, 'post', '/v1/admin/alert-channels')
        .send({ kind: 'email', address })
        .expect(400);
  });
});
