import fc from 'fast-check';
import type { History, Row } from '../history.ts';
import { PROJECT } from '../set-up.ts';
import { actKind, anyOne, pick, type ActKind } from './act.ts';
import { addressOf, person } from './people.ts';

const edit = fc.record({
  row: anyOne,
  column: fc.constantFrom('phone', 'city'),
  value: fc.nat({ max: 5 }),
});

type Column = 'phone' | 'city';

type Write = (email: unknown, value: string) => Promise<unknown>;

/** A value that no other row is given: it is known wherever it turns up. */
export const valueOfRow = (row: Row, value: string): string =>
  `${value} of ${String(row.email).replace(/@.*/, '')}`;

/** Puts a value into a row that there is. */
async function change(
  history: History,
  number: number,
  column: Column,
  value: string,
  write: Write,
): Promise<void> {
  const row = pick(await history.rows(), number);
  if (!row) return;
  const own = valueOfRow(row, value);
  await write(row.email, own);
  history.noteEdit(row, column, own);
}

const bySql =
  (history: History, column: Column): Write =>
  (email, value) =>
    history.operator.query(`UPDATE p_demo."Contact" SET "${column}" = $1 WHERE email = $2`, [value, email]);

/** What the project's own people and programs do with rows: these columns go to Salesforce. */
export const rowActs: readonly ActKind[] = [
  actKind('edit by SQL', { group: 'edits', weight: 3 }, edit, (history, { row, column, value }) =>
    change(history, row, column, `SQL ${value}`, bySql(history, column)),
  ),
  actKind('edit by API', { group: 'edits', weight: 3 }, edit, (history, { row, column, value }) =>
    change(history, row, column, `API ${value}`, (email, text) =>
      history.di.call('POST', `/v1/admin/projects/${PROJECT}/tables/Contact/rows`, {
        rows: [{ email, [column]: text }],
        overridesSalesforce: true,
      }),
    ),
  ),
  actKind(
    'new address by API',
    { group: 'addresses' },
    fc.record({ row: anyOne, person }),
    async (history, act) => {
      const row = pick(await history.rows(), act.row);
      if (!row) return;
      const path = `/v1/admin/projects/${PROJECT}/tables/Contact/rows/${encodeURIComponent(String(row.email))}`;
      await history.ask('PATCH', `${path}?overridesSalesforce=true`, { email: addressOf(act.person) });
    },
  ),
  actKind('edit for the rules', { group: 'automation', weight: 2 }, edit, (history, { row, value }) =>
    change(history, row, 'phone', `raw ${value}`, bySql(history, 'phone')),
  ),
];
