import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { sendAlert } from '../../../server/src/operations/alert-loop.ts';
import { openIncident } from '../../../server/src/connections/incidents.ts';
import { createMailer } from '../../../server/src/mail/mailer.ts';
import { Undeliverable } from '../../../server/src/mail/undeliverable.ts';
import { createAccount, as, type Account } from '../support/accounts.ts';
import { createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

const logger = pino({ level: 'silent' });

interface AlertRow {
  readonly attempts: number;
  readonly sent_at: Date | null;
  readonly failed_at: Date | null;
}

/** What a mail server says, step by step, until it breaks off. */
const STEPS = ['220 ready', '250 mail', '250 sender', '250 recipient', '354 text', '250 taken'];
const MAIL = { subject: 'Subject', text: 'Text' };

describe('a mail server', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Answers each line with the next step, and breaks off after so many of them. */
  async function start(steps: number, end: (socket: Socket) => void): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      let step = 0;
      const say = (): void => {
        if (step < steps) socket.write(`${STEPS[step] ?? '250 yes'}\r\n`);
        else end(socket);
        step += 1;
      };
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const isText = step === 5;
        if (isText ? text.endsWith('\r\n.\r\n') : text.endsWith('\r\n')) {
          text = '';
          say();
        }
      });
      say();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const ends = {
    'closes the connection': (socket: Socket) => void socket.end(),
    'resets the connection': (socket: Socket) => void socket.resetAndDestroy(),
    'talks nonsense and closes': (socket: Socket) => void socket.end('%$§ \0\r\n'),
  };

  it.each(
    Object.keys(ends).flatMap((how) =>
      STEPS.map((_step, steps) => [how as keyof typeof ends, steps] as const),
    ),
  )('that %s after %i answers is an alert that was not sent, and nothing else', async (how, steps) => {
    const smtpUrl = await start(steps, ends[how]);
    const mailer = createMailer({ smtpUrl, from: 'di@example.com', privateHosts: [] }, null);
    await expect(mailer.send('ann@example.com', 'id', MAIL)).rejects.toThrow(Undeliverable);
  });

  it('that breaks off after it has taken a mail has taken it', async () => {
    const smtpUrl = await start(STEPS.length, (socket) => void socket.resetAndDestroy());
    const mailer = createMailer({ smtpUrl, from: 'di@example.com', privateHosts: [] }, null);
    expect(await mailer.send('ann@example.com', 'id', MAIL)).toBe('250 taken');
  });
});

describe('an alert that cannot be sent', () => {
  let server: TestServer;
  let account: Account;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
    scene = await createScene(server, account.token);
  });
  afterAll(() => server.close());

  async function channelOf(address: string): Promise<string> {
    const made = await as(server, account.token, 'post', '/v1/admin/alert-channels')
      .send({ kind: 'webhook', address })
      .expect(201);
    return (made.body as { id: string }).id;
  }

  const shown = async (channel: string): Promise<Record<string, unknown> | undefined> => {
    const answer = await as(server, account.token, 'get', '/v1/admin/alert-channels').expect(200);
    return (answer.body as { channels: Record<string, unknown>[] }).channels.find(({ id }) => id === channel);
  };

  const send = (): Promise<boolean> => sendAlert(server.database.knex, server.services.teller, logger);

  it('since its host has no address is tried again, and the channel says why', async () => {
    const channel = await channelOf('https://hooks.nosuch.invalid/x');
    const tested = await as(server, account.token, 'post', `/v1/admin/alert-channels/${channel}/test`);
    expect(tested.status).toBe(502);
    const { accountId } = await incident();
    expect(await send()).toBe(true);
    const alert = await server.database.knex('di.alert').where({ account_id: accountId }).first<AlertRow>();
    expect(alert).toMatchObject({ attempts: 1, sent_at: null, failed_at: null });
    expect((await shown(channel))?.lastError).toMatch(/could not be reached \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  it('since whoever sends it dies each time is given up, and the channel says so', async () => {
    const channel = await channelOf('https://hooks.example.com/dies');
    await server.database.knex('di.alert').update({
      attempts: 8,
      due_at: server.database.knex.raw("now() - interval '1 minute'"),
      lease: null,
      channel_id: channel,
    });
    expect(await send()).toBe(true);
    const alert = await server.database.knex('di.alert').where({ channel_id: channel }).first<AlertRow>();
    expect(alert).toMatchObject({ attempts: 9, sent_at: null });
    expect(alert.failed_at).not.toBeNull();
    expect((await shown(channel))?.lastError).toMatch(/^Tried 8 times/);
    expect(await send()).toBe(false);
    const incidents = await as(server, account.token, 'get', '/v1/admin/incidents').expect(200);
    expect(incidents.body).toMatchObject({ incidents: [{ undelivered: 1 }] });
  });

  async function incident(): Promise<{ accountId: string }> {
    await openIncident(server.database.knex, {
      accountId: account.id,
      connectionId: scene.connectionId,
      kind: 'pull-failed',
      subject: 'Contact',
      message: 'It failed.',
    });
    return { accountId: account.id };
  }
});
