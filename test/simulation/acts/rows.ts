import fc from 'fast-check';
import type { History } from '../history.ts';
import { PROJECT } from '../set-up.ts';
import { actKind, anyOne, pick, type ActKind } from './act.ts';

const edit = fc.record({
  row: anyOne,
  column: fc.constantFrom('phone', 'city'),
  value: fc.nat({ max: 5 }),
});

type Column = 'phone' | 'city';

type Write = (email: unknown, value: string) => Promise<unknown>;

/** Puts a value into a row that there is: one that no other row is given, so that it is known wherever it turns up. */
async function change(
  history: History,
  number: number,
  column: Column,
  value: string,
  write: Write,
): Promise<void> {
  const row = pick(await history.rows(), number);
  if (!row) return;
  const own = `${value} of ${String(row.email).replace(/@.*/, '')}`;
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
  actKind('edit for the rules', { group: 'automation', weight: 2 }, edit, (history, { row, value }) =>
    change(history, row, 'phone', `raw ${value}`, bySql(history, 'phone')),
  ),
];
