import fc from 'fast-check';
import { PROJECT } from '../set-up.ts';
import { actKind, anyOne, pick, type ActKind } from './act.ts';

const edit = fc.record({
  row: anyOne,
  column: fc.constantFrom('phone', 'city'),
  value: fc.nat({ max: 5 }),
});

/** What the project's own people and programs do with rows: these columns go to Salesforce. */
export const rowActs: readonly ActKind[] = [
  actKind('edit by SQL', { group: 'edits', weight: 3 }, edit, async (history, act) => {
    const row = pick(await history.rows(), act.row);
    if (!row) return;
    await history.operator.query(`UPDATE p_demo."Contact" SET "${act.column}" = $1 WHERE email = $2`, [
      `SQL ${act.value}`,
      row.email,
    ]);
  }),
  actKind('edit by API', { group: 'edits', weight: 3 }, edit, async (history, act) => {
    const row = pick(await history.rows(), act.row);
    if (!row) return;
    await history.di.call('POST', `/v1/admin/projects/${PROJECT}/tables/Contact/rows`, {
      rows: [{ email: row.email, [act.column]: `API ${act.value}` }],
      overridesSalesforce: true,
    });
  }),
  actKind('edit for the rules', { group: 'automation', weight: 2 }, edit, async (history, act) => {
    const row = pick(await history.rows(), act.row);
    if (!row) return;
    await history.operator.query(`UPDATE p_demo."Contact" SET phone = $1 WHERE email = $2`, [
      `raw ${act.value}`,
      row.email,
    ]);
  }),
];
