import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, createAccount, type Account } from '../../support/accounts.ts';
import {
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
} from '../../support/test-server.ts';
import type { TestServer } from '../../support/test-server.ts';

interface SetUp {
  readonly isDone: boolean;
  readonly steps: readonly { step: string; isDone: boolean; isOptional: boolean; subject: string | null }[];
}

describe('the steps of setting up', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  const setUp = async (): Promise<SetUp> =>
    (await as(server, account.token, 'get', '/v1/admin/set-up').expect(200)).body as SetUp;
  const left = async (): Promise<string[]> =>
    (await setUp()).steps.filter(({ isDone, isOptional }) => !isDone && !isOptional).map(({ step }) => step);

  it('are done one after the other, on both sides, until the first record is there', async () => {
    expect(await left()).toEqual(['table', 'connection', 'plugin', 'transfer', 'sending', 'record']);
    const scene = await createScene(server, account.token);
    expect(await left()).toEqual(['plugin', 'sending', 'record']);
    const token = await authorizedToken(server, scene);
    expect(await left()).toEqual(['sending', 'record']);
    const pause = (verb: string) =>
      as(server, account.token, 'post', `/v1/admin/transfers/${scene.transferId}/${verb}`).expect(200);
    await pause('pause');
    expect(await left()).toEqual(['transfer', 'sending', 'record']);
    const upserts = [[contactId(1), moment(0), 'a@example.com', 'A']];
    await postBatch(server, token, { upserts }).expect(409);
    // Salesforce has said that it sends, though nothing is taken.
    expect(await left()).toEqual(['transfer', 'record']);
    await pause('activate');
    await postBatch(server, token, { upserts }).expect(200);
    expect(await left()).toEqual([]);
    const { isDone, steps } = await setUp();
    expect(isDone).toBe(true);
    expect(steps.find(({ step }) => step === 'plugin')?.subject).toBe(scene.connectionId);
    expect(steps.find(({ step }) => step === 'table')?.subject).toBe(scene.project);
    expect(steps.filter((each) => !each.isDone).map(({ step }) => step)).toEqual([
      'authorization',
      'integration',
      'opt-in',
      'alerts',
    ]);
  });

  it('stay done when the batches that showed it are forgotten', async () => {
    await server.database.pool.query(
      "UPDATE di.transfer SET created_at = now() - interval '40 days'; DELETE FROM di.batch",
    );
    expect(await left()).toEqual([]);
  });

  it('are those of the account', async () => {
    const other = await createAccount(server);
    const answer = await as(server, other.token, 'get', '/v1/admin/set-up').expect(200);
    expect((answer.body as SetUp).steps.filter(({ isDone }) => isDone)).toEqual([]);
  });
});
