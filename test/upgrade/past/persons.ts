import { z } from 'zod';
import type { Recording } from '../recording.ts';
import { addRows } from './projects.ts';

const NEWS = '/v1/admin/projects/NEWS';

/** Two people are erased, one of whom had withdrawn; a reader of SQL is let in. */
export async function erasePeople(recording: Recording): Promise<void> {
  const owner = recording.caller('owner');
  await addRows(owner, 'NEWS', 'Bill', [
    { code: 'B1', buyer: 'fay@example.com', total: '12.345' },
    { code: 'B2', buyer: 'ann@example.com', total: '1' },
  ]);
  for (const email of ['fay@example.com', 'cy@example.com'])
    await owner.call('POST', `${NEWS}/persons/erase`, { email, otherTables: 'blank' });
  recording.read('owner', `${NEWS}/persons/erasures`);
  const role = z.object({ role: z.string(), password: z.string() });
  const granted = role.parse(await owner.call('POST', `${NEWS}/sql-role`));
  recording.name('sql role', granted.role);
  recording.name('sql password', granted.password);
  recording.read('owner', '/v1/admin/audit-events?limit=200');
}
