import { PROJECT } from '../../../scripts/demo/set-up.ts';
import { differences, uniqueName, type Ground, type Load } from '../load.ts';

const MOST = 150;

/** Salespeople who work in Salesforce: the package's own Apex sends what they do. */
export function sales({ di, salesforce }: Ground): Load {
  const ids: string[] = [];
  return {
    name: 'salespeople',
    pause: 700,
    act: async () => {
      const chance = Math.random();
      const place = Math.floor(Math.random() * ids.length);
      if (ids.length < 20 || (chance < 0.2 && ids.length < MOST)) {
        const name = uniqueName('sales');
        ids.push(await salesforce.create('Contact', { LastName: name, Email: `${name}@sales.example` }));
      } else if (chance < 0.9)
        await salesforce.update('Contact', { Id: ids[place] ?? '', Phone: uniqueName('555') });
      else await salesforce.delete('Contact', ids.splice(place, 1)[0] ?? '');
    },
    check: async () => {
      const { records } = await salesforce.connection.query<Record<string, string | null>>(
        "SELECT Email, LastName, Phone FROM Contact WHERE Email LIKE '%@sales.example' LIMIT 2000",
      );
      const { rows } = await di.rows(PROJECT, 'Contact');
      const said = (name: unknown, phone: unknown): string => JSON.stringify([name, phone ?? null]);
      return differences(
        'contacts of Salesforce',
        new Map(records.map((record) => [String(record.Email), said(record.LastName, record.Phone)])),
        rows
          .filter((row) => String(row.email).endsWith('@sales.example'))
          .map((row) => [String(row.email), said(row.last_name, row.phone)] as const),
      );
    },
  };
}
