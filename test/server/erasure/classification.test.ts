import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personParts } from '../../../server/src/person-parts.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Tables of the control schema that hold nothing of a contact, and why. */
const NOTHING_OF_A_PERSON: Readonly<Record<string, string>> = {
  account: 'names of accounts',
  acknowledgement: 'who of the account has seen what',
  action: 'definitions',
  alert: 'addresses of those who run the account',
  alert_channel: 'addresses of those who run the account',
  api_call_count: 'counts',
  api_key: 'programs of the account',
  audit_event: 'who of the account changed what; of people counts and keyed hashes',
  authorization_request: 'log-ins of those who run the account',
  branding: 'how pages look',
  comparison: 'definitions',
  comparison_run: 'counts, and why a run ended',
  connection: 'orgs',
  consent_key: 'sealed keys',
  delivery_channel: 'state of a connection',
  delivery_count: 'counts',
  deployment: 'metadata of orgs',
  erasure: 'receipts: counts and a keyed hash',
  event_source: 'definitions',
  incident: 'state of connections',
  integration: 'definitions',
  object_description: 'metadata of orgs',
  opt_in: 'definitions',
  org_field: 'metadata of orgs',
  org_object: 'metadata of orgs',
  org_trigger: 'metadata of orgs',
  password_link: 'users of the account',
  project: 'definitions',
  project_table: 'definitions',
  pull: 'definitions',
  pull_run: 'counts, and why a run ended',
  rate_limit: 'digests of who has called how often, for an hour',
  row_write: 'places and outcomes of rows, without their keys or values',
  salesforce_authorization: 'the user of an org who authorized',
  scheduled_job: 'when the server’s own jobs ran',
  session: 'users of the account',
  sign_on_request: 'sign-ons of users of the account on their way',
  signing_key: 'sealed keys',
  table_field: 'definitions',
  transfer: 'definitions',
  user: 'users of the account',
  user_identity: 'users of the account',
  write_count: 'counts',
  write_key: 'hashed keys',
  write_queue: 'state of queues',
};
/** Tables of the migrations' own. */
const OF_MIGRATIONS = ['migration', 'migration_lock'];

describe('every table of the control schema', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('holds nothing of a person, or belongs to a part that exports and erases it', async () => {
    const { rows } = await server.database.pool.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'di' AND table_type = 'BASE TABLE'",
    );
    const parts = personParts(server.services.consentKeys).flatMap((part) => part.tables);
    const classified = [...parts, ...Object.keys(NOTHING_OF_A_PERSON)];
    const there = rows.map(({ name }) => name).filter((name) => !OF_MIGRATIONS.includes(name));
    expect(classified.sort()).toEqual(there.sort());
  });
});
