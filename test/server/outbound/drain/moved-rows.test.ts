import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import { changeConsent, createOptIn, statusOf } from '../../support/consent.ts';
import { activeIntegration, outboxOf, secondConnection } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import {
  admin,
  authorizedToken,
  contactId,
  moment,
  postBatch,
  type Scene,
} from '../../support/test-server.ts';

const [BEFORE, AFTER] = ['before@example.com', 'after@example.com'];
const OPERATIONS = [
  ['created', 'updated'],
  ['created', 'updated', 'deleted', 'consent'],
  ['created', 'consent'],
  ['created'],
  ['updated'],
  ['updated', 'deleted'],
  ['consent'],
] as const;
const WAYS = ['PATCH', 'a batch'] as const;

interface Given {
  readonly scene: Scene;
  readonly token: string;
  readonly org: OrgDouble;
  readonly integration: string;
}

/** Rows come from one connection, or the API, and go to the org of another one. */
describe('a row that takes another key', () => {
  let stage: DeliveryStage;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());

  async function give(operations: readonly string[]): Promise<Given> {
    const { scene } = await setStage(stage);
    const token = await authorizedToken(stage.server, scene);
    await createOptIn(stage.server, scene);
    const connectionId = await secondConnection(stage.server, scene);
    const org = stage.orgs.of(connectionId);
    await keepObject(stage.server.database.knex, connectionId, await org.describe('Contact'));
    const integration = await activeIntegration(stage.server, { ...scene, connectionId }, 'Contact', {
      operations,
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
      ],
      optInFields: operations.includes('consent')
        ? [{ optIn: 'newsletter', field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }]
        : [],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    });
    return { scene, token, org, integration };
  }

  const send = ({ token }: Given, seconds: number, email: string, name: string): Promise<unknown> =>
    postBatch(stage.server, token, { upserts: [[contactId(1), moment(seconds), email, name]] }).expect(200);

  const patch = ({ scene }: Given, email: string, change: object) => {
    const rows = `/v1/admin/projects/${scene.project}/tables/Contact/rows`;
    return admin(stage.server, 'patch', `${rows}/${email}?overridesSalesforce=true`).send(change);
  };

  const move = async (given: Given, way: (typeof WAYS)[number]): Promise<void> => {
    if (way === 'PATCH') await patch(given, BEFORE, { email: AFTER, last_name: 'Ann' }).expect(200);
    else await send(given, 9, AFTER, 'Ann');
  };

  const say = ({ scene }: Given, email: string, status: string): Promise<unknown> =>
    changeConsent(stage.server, scene, [{ contact: { email }, optIn: 'newsletter', status }]);

  const ended = (given: Given): object[] =>
    given.org.records('Contact').map(({ Email, HasOptedOutOfEmail }) => ({ Email, HasOptedOutOfEmail }));

  const cases = OPERATIONS.flatMap((operations) => WAYS.map((way) => ({ operations, way })));

  it.each(cases)('takes what waits of $operations along, by $way', async ({ operations, way }) => {
    const given = await give(operations);
    if (!operations.some((operation) => operation === 'created'))
      given.org.put('Contact', { Email: AFTER, LastName: 'Old' });
    await send(given, 0, BEFORE, 'Ann');
    await say(given, BEFORE, 'withdrawn');
    await move(given, way);
    expect(await statusOf(stage.server, given.scene, AFTER)).toBe('withdrawn');
    expect(await statusOf(stage.server, given.scene, BEFORE).catch(() => null)).toBeNull();
    await stage.deliver();
    const isToldOfConsent = operations.some((operation) => operation === 'consent');
    expect(ended(given)).toEqual([{ Email: AFTER, HasOptedOutOfEmail: isToldOfConsent }]);
    expect(await outboxOf(stage.server, given.integration)).toEqual([]);
  });

  it.each(cases.filter(({ operations }) => operations.some((each) => each === 'updated')))(
    'takes its record along where $operations are sent, by $way',
    async ({ operations, way }) => {
      const given = await give(operations);
      const known = operations.some((operation) => operation === 'created')
        ? null
        : given.org.put('Contact', { Email: BEFORE, LastName: 'Ann' });
      await send(given, 0, BEFORE, 'Ann');
      await send(given, 1, BEFORE, 'Anna');
      await patch(given, BEFORE, { last_name: 'Annie' });
      await stage.deliver();
      expect(ended(given)).toMatchObject([{ Email: BEFORE }]);
      await move(given, way);
      await stage.deliver();
      expect(ended(given)).toMatchObject([{ Email: AFTER }]);
      if (known !== null) expect(given.org.record(known)).toMatchObject({ Email: AFTER });
      expect(await outboxOf(stage.server, given.integration)).toEqual([]);
    },
  );

  it('is refused the key of somebody else of whom more is known, and takes one that nobody uses', async () => {
    const given = await give(['created', 'updated']);
    await send(given, 0, BEFORE, 'Ann');
    await postBatch(stage.server, given.token, {
      upserts: [
        [contactId(2), moment(0), 'gone@example.com', 'Gone'],
        [contactId(3), moment(0), 'nobody@example.com', 'Nobody'],
      ],
    }).expect(200);
    await say(given, BEFORE, 'granted');
    await say(given, 'gone@example.com', 'withdrawn');
    await postBatch(stage.server, given.token, {
      deletes: [2, 3].map((number) => ({ id: contactId(number), at: moment(1), key: {} })),
    }).expect(200);
    const refused = await patch(given, BEFORE, { email: 'gone@example.com' }).expect(409);
    expect(refused.body).toMatchObject({ code: 'key-of-another' });
    await patch(given, BEFORE, { email: 'nobody@example.com' }).expect(200);
    expect(await statusOf(stage.server, given.scene, 'nobody@example.com')).toBe('granted');
    await stage.deliver();
    expect(ended(given)).toMatchObject([{ Email: 'nobody@example.com' }]);
  });
});
