import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const ANN = { email: 'ann@example.com' };
const FIELDS = ['Id', 'SystemModstamp', 'Email', 'Active__c'];
const at = (day: number): string => new Date(Date.UTC(2026, 0, day)).toISOString();

/** `Active__c` stands for HasOptedOutOfEmail: a checkbox that the transfer maps. */
describe('a record that says its person has opted out', () => {
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
  });

  const setRules = (consent: object[]) =>
    admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/consent`).send({ consent });
  const optOut = { salesforceField: 'Active__c', optIn: 'newsletter', withdrawsWhen: true };
  const send = async (day: number, email: string, isOut: unknown, number = 1, key?: string) =>
    postBatch(
      server,
      token,
      { fields: FIELDS, upserts: [[contactId(number), at(day), email, isOut]] },
      key === undefined ? {} : { key },
    ).expect(200);
  const grant = (day: number, email = ANN.email) =>
    changeConsent(server, scene, [
      { contact: { email }, optIn: 'newsletter', status: 'granted', occurredAt: at(day) },
      { contact: { email }, optIn: 'calls', status: 'granted', occurredAt: at(day) },
    ]);
  const events = async (email = ANN.email): Promise<readonly Record<string, unknown>[]> =>
    (await consentOf(server, scene, { email })).events;

  it('withdraws the opt-in, with the record as proof', async () => {
    await setRules([optOut]).expect(200);
    await send(1, ANN.email, false);
    await grant(2);
    await send(3, ANN.email, true, 1, 'outbox-7');
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    expect(await statusOf(server, scene, ANN.email, 'calls')).toBe('granted');
    expect((await events()).at(-1)).toMatchObject({
      source: 'salesforce',
      actor: { kind: 'connection', id: scene.connectionId },
      occurredAt: at(3),
      previous: 'granted',
      status: 'withdrawn',
      proof: {
        object: 'Contact',
        recordId: contactId(1),
        field: 'Active__c',
        systemModstamp: at(3),
        batch: 'outbox-7',
      },
    });
  });

  it('withdraws nothing where the transfer says nothing of consent', async () => {
    await send(1, ANN.email, true);
    expect(await events()).toEqual([]);
  });

  it('withdraws all opt-ins where the rule names none, and of somebody who was never asked', async () => {
    await setRules([{ ...optOut, optIn: null }]).expect(200);
    await send(1, ANN.email, 'TRUE');
    const { consents } = await consentOf(server, scene, ANN);
    expect(consents.map(({ status }) => status)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('never grants: the value that does not withdraw says nothing', async () => {
    await setRules([optOut]).expect(200);
    await send(1, ANN.email, true);
    await send(2, ANN.email, false);
    await send(3, ANN.email, null);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    await setRules([{ ...optOut, withdrawsWhen: false }]).expect(200);
    await send(4, 'bob@example.com', true, 2);
    expect(await events('bob@example.com')).toEqual([]);
  });

  it('is recorded once, however often the record comes', async () => {
    await setRules([optOut]).expect(200);
    for (const day of [1, 2, 3]) await send(day, ANN.email, true);
    expect(await events()).toHaveLength(1);
  });

  it('does not undo what the person did after it', async () => {
    await setRules([optOut]).expect(200);
    await send(1, ANN.email, false);
    await grant(10);
    await send(5, ANN.email, true);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    expect((await events()).at(-1)).toMatchObject({ outcome: 'overruled', reason: 'newer-act' });
  });

  it('counts though another field of it is refused', async () => {
    await setRules([optOut]).expect(200);
    const answer = await postBatch(server, token, {
      fields: [...FIELDS, 'Age__c'],
      upserts: [[contactId(1), at(1), ANN.email, true, 'old']],
    }).expect(200);
    expect(answer.body).toMatchObject({ applied: 0, rejected: [{ code: 'not-a-number' }] });
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
  });

  it('counts for the person that it stands for now where it comes late, with an older address', async () => {
    await setRules([optOut]).expect(200);
    await send(9, 'new@example.com', false);
    await grant(1, 'new@example.com');
    await send(5, ANN.email, true);
    expect(await statusOf(server, scene, 'new@example.com')).toBe('withdrawn');
  });

  it('is applied once with its batch: a replay changes nothing', async () => {
    await setRules([optOut]).expect(200);
    await send(1, ANN.email, true, 1, 'again');
    await grant(2);
    await send(1, ANN.email, true, 1, 'again');
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
  });

  it('is asked for by rules that can be followed', async () => {
    expect((await setRules([{ ...optOut, optIn: 'faxes' }]).expect(422)).body).toMatchObject({
      code: 'unknown-opt-in',
    });
    expect((await setRules([{ ...optOut, salesforceField: 'DoNotCall' }]).expect(422)).body).toMatchObject({
      code: 'field-not-mapped',
    });
    await setRules([optOut]).expect(200);
    const mapping = [{ salesforceField: 'Email', column: 'email' }];
    const answer = await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping })
      .expect(422);
    expect(answer.body).toMatchObject({ code: 'field-withdraws-consent' });
    const shown = await admin(server, 'get', `/v1/admin/transfers/${scene.transferId}`).expect(200);
    expect(shown.body).toMatchObject({ consent: [optOut] });
  });
});
