import knexFactory, { type Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COALESCE, TRIGGER_FUNCTION } from '../../../server/src/database/migrations/008-capture-consent.ts';
import { migrationSource } from '../../../server/src/database/migrations/index.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const EMAIL_OPT_OUT = {
  optIn: null,
  field: 'HasOptedOutOfEmail',
  trueWhen: 'withdrawn',
  goesBack: false,
};
const OWN_BOX = { optIn: null, field: 'Out__c', trueWhen: 'withdrawn', goesBack: true };
const NEWS = { optIn: 'news', field: 'News__c', trueWhen: 'granted', goesBack: true };
const LOOKUP = { by: 'lookup', field: 'Email', column: 'email', several: 'refuse' };

/** Integrations of an earlier version, with who defined them. */
const BEFORE = [
  { name: 'clicked', optInFields: [EMAIL_OPT_OUT, NEWS], matching: LOOKUP, by: ['user', 'user'] },
  { name: 'programmed', optInFields: [OWN_BOX], matching: LOOKUP, by: ['api-key'] },
  { name: 'both', optInFields: [EMAIL_OPT_OUT], matching: LOOKUP, by: ['api-key', 'user'] },
  { name: 'by id', optInFields: [EMAIL_OPT_OUT], matching: { by: 'record-id' }, by: ['user'] },
  { name: 'ended', optInFields: [EMAIL_OPT_OUT], matching: LOOKUP, by: ['user'], status: 'archived' },
];

/** Rows stand alone here: what they point to is not made. */
describe('an upgrade to consent as it was said', () => {
  let postgres: Postgres;
  let knex: Knex;
  beforeAll(async () => {
    postgres = await startPostgres('empty');
    knex = knexFactory({ client: 'pg', connection: postgres.url, pool: { min: 0, max: 1 } });
    await knex.raw('CREATE SCHEMA di');
    await migrate((name) => name < '019');
    await knex.raw("SET session_replication_role = 'replica'");
    for (const [place, { name, optInFields, matching, by, status = 'active' }] of BEFORE.entries()) {
      await knex('di.integration').insert({
        ...{ id: id(place + 1), connection_id: id(99), table_id: id(98), name, object: 'Contact', status },
        operations: ['consent'],
        ...{ mapping: '[]', settings: '{}' },
        opt_in_fields: JSON.stringify(optInFields),
        matching: JSON.stringify(matching),
      });
      for (const [turn, kind] of by.entries())
        await knex('di.audit_event').insert({
          ...{ account_id: id(97), actor_kind: kind, actor_name: kind, request_id: '', detail: '{}' },
          action: turn === 0 ? 'integration.created' : 'integration.changed',
          subject: id(place + 1),
        });
    }
    await knex('di.delivery').insert({
      ...{ integration_id: id(1), connection_id: id(99), identity_id: id(50), is_consent_changed: true },
    });
    await makeCapture();
    await migrate((name) => name < '020');
  }, 120_000);
  afterAll(async () => {
    await knex.destroy();
    await postgres.stop();
  });

  async function migrate(isWanted: (name: string) => boolean): Promise<void> {
    const all = await migrationSource.getMigrations([]);
    await knex.migrate.latest({
      migrationSource: {
        ...migrationSource,
        getMigrations: () => Promise.resolve(all.filter((migration) => isWanted(migration.name))),
      },
      schemaName: 'di',
      tableName: 'migration',
    });
  }

  /** A table with a trigger as the version before has made it: its rows are persons whose consent is to be sent. */
  async function makeCapture(): Promise<void> {
    await knex.raw('CREATE TABLE public.captured (identity uuid)');
    await knex.raw(`
      CREATE FUNCTION di.capture_0_insert() ${TRIGGER_FUNCTION} AS $$
      BEGIN
        INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, is_consent_changed)
        SELECT '${id(1)}', '${id(99)}', identity, true FROM changed ${COALESCE};
        RETURN NULL;
      END $$`);
    await knex.raw(`
      CREATE TRIGGER captured AFTER INSERT ON public.captured REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION di.capture_0_insert()`);
  }

  const definitions = (): Promise<{ name: string; opt_in_fields: object[]; matching: object }[]> =>
    knex('di.integration').orderBy('id').select('name', 'opt_in_fields', 'matching');

  it('has Email Opt Out mean all opt-ins, and other checkboxes what they meant', async () => {
    const fields = Object.fromEntries((await definitions()).map((each) => [each.name, each.opt_in_fields]));
    expect(fields).toMatchObject({
      clicked: [{ ...EMAIL_OPT_OUT, optIns: 'all' }, NEWS],
      programmed: [{ ...OWN_BOX, optIns: 'any' }],
      both: [{ ...EMAIL_OPT_OUT, optIns: 'all' }],
    });
    expect(fields.clicked?.[1]).toEqual(NEWS);
  });

  it('reaches every record where nobody could choose, and leaves alone what a program has defined', async () => {
    const reach = Object.fromEntries((await definitions()).map((each) => [each.name, each.matching]));
    expect(reach).toEqual({
      clicked: { ...LOOKUP, several: 'all' },
      programmed: LOOKUP,
      both: LOOKUP,
      'by id': { by: 'record-id' },
      ended: LOOKUP,
    });
  });

  it('sends all that waits, as it would have, and mends the triggers that are there', async () => {
    const changed = async (): Promise<unknown> =>
      (
        await knex('di.delivery')
          .where({ identity_id: id(50) })
          .first<{ changed_opt_ins: unknown }>()
      ).changed_opt_ins;
    expect(await changed()).toBeNull();
    await knex('di.delivery').update({ changed_opt_ins: [id(70)] });
    await knex.raw("SET session_replication_role = 'origin'");
    await knex.raw('ALTER TABLE di.delivery DISABLE TRIGGER ALL');
    await knex.raw('INSERT INTO public.captured VALUES (?)', [id(50)]);
    expect(await changed()).toBeNull();
  });
});
