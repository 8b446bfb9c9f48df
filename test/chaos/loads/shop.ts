import { LOGIN } from '../../local-org/rest/settings.ts';
import { differences, uniqueName, type Ground, type Load } from '../load.ts';

const PROJECT = 'SHOP';
const MOST = 200;

/** The connection of a project whose contacts are acquired here and become leads in Salesforce. */
export async function setUpShop({ di, orgUrl }: Ground): Promise<string> {
  await di.call('POST', '/v1/admin/projects', {
    code: PROJECT,
    name: 'Shop',
    type: 'B',
    contacts: {
      primaryKey: ['email'],
      fields: [
        { name: 'email', type: 'email', required: true },
        { name: 'last_name', type: 'text', length: 80 },
      ],
    },
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
  const { id: connection } = await di.call<{ id: string }>('POST', '/v1/admin/connections', {
    project: PROJECT,
    name: 'Shop',
  });
  await di.call('POST', `/v1/admin/connections/${connection}/authorizations/password`, {
    login: orgUrl,
    userName: LOGIN.userName,
    password: LOGIN.password,
  });
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
    connection,
    table: 'Contact',
    object: 'Lead',
    name: 'Buyers become leads',
    operations: ['created', 'updated', 'deleted'],
    mapping: [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'LastName', column: 'last_name' },
      { salesforceField: 'Company', constant: 'Shop' },
    ],
    matching: { by: 'lookup', field: 'Email', column: 'email' },
  });
  await di.call('POST', `/v1/admin/integrations/${id}/activate`);
  return connection;
}

/** A shop that writes rows, changes and deletes them: each is one lead, no more and no less. */
export function shop({ calls, di, salesforce, adminToken: token }: Ground): Load {
  const wanted = new Map<string, string>();
  const path = `/v1/admin/projects/${PROJECT}/tables/Contact/rows`;
  const write = async (rows: readonly { email: string; last_name: string }[]): Promise<void> => {
    const key = uniqueName('shop');
    await calls.untilDone(() => ({
      method: 'POST',
      path,
      token,
      headers: { 'idempotency-key': key },
      body: { rows },
    }));
    for (const { email, last_name: name } of rows) wanted.set(email, name);
  };
  const anybody = (): string => [...wanted.keys()][Math.floor(Math.random() * wanted.size)] ?? '';
  return {
    name: 'shop',
    pause: 500,
    act: async () => {
      const chance = Math.random();
      if (wanted.size < 20 || (chance < 0.4 && wanted.size < MOST))
        await write(
          Array.from({ length: 5 }, () => ({
            email: `${uniqueName('buyer')}@shop.example`,
            last_name: uniqueName('v'),
          })),
        );
      else if (chance < 0.9) await write([{ email: anybody(), last_name: uniqueName('v') }]);
      else {
        const email = anybody();
        const key = uniqueName('shop');
        await calls.untilDone(() => ({
          method: 'DELETE',
          path,
          token,
          headers: { 'idempotency-key': key },
          body: { keys: [{ email }] },
        }));
        wanted.delete(email);
      }
    },
    check: async () => {
      const { rows } = await di.rows(PROJECT, 'Contact');
      return [
        ...differences(
          'rows of the shop',
          wanted,
          rows.map((row) => [String(row.email), String(row.last_name)] as const),
        ),
        ...differences('leads of the shop', wanted, await leads(salesforce, 'shop.example')),
      ];
    },
  };
}

/** Leads of a domain, by address, with their last names. */
export async function leads(salesforce: Ground['salesforce'], domain: string): Promise<[string, string][]> {
  const { records } = await salesforce.connection.query<{ Email: string; LastName: string }>(
    `SELECT Email, LastName FROM Lead WHERE Email LIKE '%@${domain}' LIMIT 2000`,
  );
  return records.map((record) => [record.Email, record.LastName]);
}
