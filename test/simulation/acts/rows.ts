import fc from 'fast-check';
import type { History, Row } from '../history.ts';
import { PROJECT } from '../set-up.ts';
import { actKind, anyOne, pick, type ActKind } from './act.ts';

const edit = fc.record({
  row: anyOne,
  column: fc.constantFrom('phone', 'city'),
  value: fc.nat({ max: 5 }),
});

type Column = 'phone' | 'city';

/** Puts a value into a row that there is. */
async function change(
  history: History,
  number: number,
  column: Column,
  value: string,
  write: (row: Row) => Promise<unknown>,
): Promise<void> {
  const row = pick(await history.rows(), number);
  if (!row) return;
  await write(row);
  history.noteEdit(row, column, value);
}

const bySql =
  (history: History, column: Column, value: string) =>
  (row: Row): Promise<unknown> =>
    history.operator.query(`UPDATE p_demo."Contact" SET "${column}" = $1 WHERE email = $2`, [
      value,
      row.email,
    ]);

/** What the project's own people and programs do with rows: these columns go to Salesforce. */
export const rowActs: readonly ActKind[] = [
  actKind('edit by SQL', { group: 'edits', weight: 3 }, edit, async (history, { row, column, value }) => {
    const text = `SQL ${value}`;
    await change(history, row, column, text, bySql(history, column, text));
  }),
  actKind('edit by API', { group: 'edits', weight: 3 }, edit, async (history, { row, column, value }) => {
    const text = `API ${value}`;
    await change(history, row, column, text, ({ email }) =>
      history.di.call('POST', `/v1/admin/projects/${PROJECT}/tables/Contact/rows`, {
        rows: [{ email, [column]: text }],
        overridesSalesforce: true,
      }),
    );
  }),
  actKind('edit for the rules', { group: 'automation', weight: 2 }, edit, async (history, { row, value }) => {
    const text = `raw ${value}`;
    await change(history, row, 'phone', text, bySql(history, 'phone', text));
  }),
];
