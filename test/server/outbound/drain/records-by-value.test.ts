import { expect, it } from 'vitest';
import { findRecords } from '../../../../server/src/outbound/drain/records-by-value.ts';
import { OrgDouble } from '../../support/org-double.ts';

const EMAIL = 'lead@example.com';

it('reads a converted lead that is asked for by its id, and takes none for somebody who is looked for', async () => {
  const org = new OrgDouble('the connection');
  const converted = org.put('Lead', { Email: EMAIL, LastName: 'Converted', IsConverted: true });
  const open = org.put('Lead', { Email: EMAIL, LastName: 'Open', IsConverted: false });
  const find = async (field: string, values: readonly string[]): Promise<unknown[]> => {
    const found = await findRecords(org, AbortSignal.timeout(10_000), 'Lead', field, values, ['LastName']);
    return [...found.values()].flat().map(({ LastName: name }) => name);
  };
  expect(await find('Id', [converted, open])).toEqual(['Converted', 'Open']);
  expect(await find('Email', [EMAIL])).toEqual(['Open']);
});
