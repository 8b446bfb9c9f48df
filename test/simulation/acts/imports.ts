import fc from 'fast-check';
import { ADMIN } from '../../server/support/test-server.ts';
import type { History } from '../history.ts';
import { PROJECT } from '../set-up.ts';
import { actKind, type ActKind } from './act.ts';
import { valueOfRow } from './rows.ts';

interface Import {
  readonly id: string;
  readonly status: string;
  readonly message: string | null;
}

/** Sends a file into the contacts' table, and lets a copy of the server read it to its end. */
async function importFile(history: History, copy: number, column: string, file: string): Promise<void> {
  const imports = '/v1/admin/imports';
  const { id } = await history.di.call<Import>('POST', imports, {
    ...{ name: 'people.csv', project: PROJECT, table: 'Contact' },
  });
  const sent = await fetch(`${history.di.url}${imports}/${id}/file`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'text/csv' },
    body: file,
  });
  if (!sent.ok) throw new Error(`The file was answered with ${sent.status}: ${await sent.text()}`);
  await history.di.call('PATCH', `${imports}/${id}/settings`, {
    mode: 'update',
    overridesSalesforce: true,
    mapping: ['email', column].map((name) => ({ heading: name, to: name })),
  });
  await history.di.call('POST', `${imports}/${id}/start`);
  while (await history.turn(copy, 'imports'));
  const { status, message } = await history.di.call<Import>('GET', `${imports}/${id}`);
  if (status !== 'done') throw new Error(`The import is ${status}: ${message ?? ''}`);
}

/** Files of the project's own people, into columns that go to Salesforce. */
export const importActs: readonly ActKind[] = [
  actKind(
    'import',
    { group: 'imports', weight: 1 },
    fc.record({
      rows: fc.integer({ min: 1, max: 8 }),
      column: fc.constantFrom('phone' as const, 'city' as const),
      value: fc.nat({ max: 5 }),
      copy: fc.nat({ max: 1 }),
    }),
    async (history, { rows: count, column, value, copy }) => {
      const rows = (await history.rows()).slice(0, count);
      if (rows.length === 0) return;
      const lines = rows.map((row) => `${String(row.email)},${valueOfRow(row, `CSV ${value}`)}`);
      await importFile(history, copy, column, [`email,${column}`, ...lines, ''].join('\n'));
      for (const row of rows) history.noteEdit(row, column, valueOfRow(row, `CSV ${value}`));
    },
  ),
];
