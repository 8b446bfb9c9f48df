import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendAlert } from '../../../server/src/operations/alert-loop.ts';
import { createAccount, type Account } from '../support/accounts.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { changeSettings, LOGIN, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

/** A connection to the local org that Salesforce no longer lets in, and lets in again. */
describe('an authorization that is lost', () => {
  let mail: MailServer;
  let stage: SalesforceStage;
  let owner: Account;
  let scene: Scene;
  beforeAll(async () => {
    mail = await startMailServer();
    stage = await startStage({
      alerts: { smtpUrl: mail.url, from: 'alerts@di.example.com', privateHosts: [] },
    });
    owner = await createAccount(stage.server);
    scene = await createScene(stage.server, owner.token);
    await authorize();
  });
  afterAll(async () => {
    await stage.close();
    await mail.stop();
  });

  async function authorize(): Promise<void> {
    await admin(
      stage.server,
      'post',
      `/v1/admin/connections/${scene.connectionId}/authorizations/password`,
      owner.token,
    )
      .send({
        login: stage.org.url,
        userName: LOGIN.userName,
        password: LOGIN.password,
        securityToken: 'token',
      })
      .expect(201);
  }

  async function setOrg(settings: object): Promise<void> {
    await changeSettings(stage.org.url, settings);
  }

  async function sendAll(): Promise<void> {
    const { database, teller } = stage.server.services;
    while (await sendAlert(database.knex, teller, pino({ level: 'silent' }))) continue;
  }

  it('is told to the owner, once, and told again when somebody has mended it', async () => {
    const { orgs, database } = stage.server.services;
    await setOrg({ isApiEnabled: false });
    for (const _again of [1, 2]) {
      const reached = orgs.open(scene.connectionId, 'checks').then((org) => org.describe('Contact'));
      await expect(reached).rejects.toMatchObject({ kind: 'stop' });
    }
    await sendAll();
    expect(mail.mails.map(({ to }) => to)).toEqual([[owner.email]]);
    expect(mail.mails[0]?.text).toMatch(/has no access to the API/);

    await setOrg({ isApiEnabled: true });
    await authorize();
    await database.knex('di.alert').update({ due_at: database.knex.raw("due_at - interval '11 minutes'") });
    await sendAll();
    expect(mail.mails).toHaveLength(2);
    expect(mail.mails[1]?.text).toContain('Works again');
  });

  it('has what a pull could not fetch meanwhile fetched at once, and not by the next night', async () => {
    const { pool } = stage.server.database;
    const made = await admin(stage.server, 'post', '/v1/admin/pulls', owner.token)
      .send({ transfer: scene.transferId, startNow: false })
      .expect(201);
    const { id } = made.body as { id: string };
    const runs = async (): Promise<string[]> => {
      const { rows } = await pool.query<{ state: string }>(
        'SELECT state FROM di.pull_run WHERE pull_id = $1 ORDER BY queued_at',
        [id],
      );
      return rows.map(({ state }) => state);
    };
    await authorize();
    expect(await runs()).toEqual([]);
    await pool.query(
      `INSERT INTO di.pull_run (pull_id, kind, reason, state, finished_at) VALUES ($1, 'changes', 'schedule', 'failed', now())`,
      [id],
    );
    await authorize();
    await authorize();
    expect(await runs()).toEqual(['failed', 'queued']);
  });
});
