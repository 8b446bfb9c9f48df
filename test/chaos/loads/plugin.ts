import { randomBytes } from 'node:crypto';
import { contactId, moment } from '../../server/support/test-server.ts';
import { differences, uniqueName, type Ground, type Load } from '../load.ts';

const GROUPS = 8;
const SIZE = 40;
const ORGANIZATION = '00D000000000001EAA';

/** An org's plugin: batches of the same records in ever newer versions, some of them sent twice, some records deleted. */
export async function plugin(ground: Ground): Promise<Load> {
  const { calls, di } = ground;
  const project = `P${randomBytes(4).toString('hex')}`;
  const keys = await setUp(ground, project);
  const wanted = new Map<string, string>();
  let token = await askToken(ground, keys);
  await calls.untilDone(() => ({
    method: 'POST',
    path: '/v1/plugin/authorize',
    token,
    body: { organizationId: ORGANIZATION },
  }));
  let version = 0;

  async function send(body: object, key: string): Promise<void> {
    const answer = await calls.untilDone(async (isExpired) => {
      if (isExpired || Date.now() > keys.expiresAt) token = await askToken(ground, keys);
      return {
        method: 'POST',
        path: '/v1/tables/Contact/batches',
        token,
        headers: { 'idempotency-key': key },
        body,
      };
    });
    if (Array.isArray(answer.body.rejected) && answer.body.rejected.length > 0)
      calls.violate(`a batch was rejected: ${JSON.stringify(answer.body.rejected[0])}`);
  }

  return {
    name: `plugin of ${project}`,
    pause: 60,
    act: async () => {
      version += 1;
      const group = version % GROUPS;
      const at = moment(version);
      const numbers = Array.from({ length: SIZE }, (_, index) => group * SIZE + index);
      const deleted = version % 5 === 0 ? numbers.splice(0, 1) : [];
      const body = {
        object: 'Contact',
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
        upserts: numbers.map((number) => [contactId(number), at, emailOf(number), `v${version}`]),
        deletes: deleted.map((number) => ({ id: contactId(number), at })),
      };
      const key = uniqueName(project);
      await send(body, key);
      // An answer that was lost on its way: the same batch comes again.
      if (version % 7 === 0) await send(body, key);
      for (const number of numbers) wanted.set(emailOf(number), `v${version}`);
      for (const number of deleted) wanted.delete(emailOf(number));
    },
    check: async () => {
      const { rows } = await di.rows(project, 'Contact');
      return differences(
        project,
        wanted,
        rows.map((row) => [String(row.email), String(row.last_name)] as const),
      );
    },
  };
}

const emailOf = (number: number): string => `p${number}@example.com`;

interface Keys {
  readonly keyId: string;
  readonly secret: string;
  expiresAt: number;
}

async function setUp({ di }: Ground, project: string): Promise<Keys> {
  const fields = [
    { name: 'email', type: 'email', required: true },
    { name: 'last_name', type: 'text', length: 80 },
  ];
  await di.call('POST', '/v1/admin/projects', {
    code: project,
    name: 'Chaos',
    type: 'A',
    contacts: { primaryKey: ['email'], fields },
  });
  await di.call('POST', `/v1/admin/projects/${project}/build`);
  const connection = await di.call<{ id: string; keyId: string; secret: string }>(
    'POST',
    '/v1/admin/connections',
    { project, name: project },
  );
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    connection: connection.id,
    table: 'Contact',
    object: 'Contact',
    mapping: [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'LastName', column: 'last_name' },
    ],
  });
  await di.call('POST', `/v1/admin/transfers/${id}/activate`);
  return { keyId: connection.keyId, secret: connection.secret, expiresAt: 0 };
}

async function askToken({ calls }: Ground, keys: Keys): Promise<string> {
  const basic = Buffer.from(`${keys.keyId}:${keys.secret}`).toString('base64');
  const answer = await calls.untilDone(() => ({
    method: 'POST',
    path: '/oauth/token',
    token: `Basic ${basic}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=client_credentials&organization_id=${ORGANIZATION}`,
  }));
  keys.expiresAt = Date.now() + (Number(answer.body.expires_in) - 60) * 1000;
  return String(answer.body.access_token);
}
