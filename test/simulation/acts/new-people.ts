import fc from 'fast-check';
import { PROJECT } from '../set-up.ts';
import { actKind, type ActKind } from './act.ts';
import { addressOf, person, value } from './people.ts';

/** People of whom the project hears first: rows without a record, which Salesforce is to get. */
export const newPeopleActs: readonly ActKind[] = [
  actKind(
    'new row by API',
    { group: 'new-people', weight: 2 },
    fc.record({ person, value }),
    async (history, act) => {
      const email = addressOf(act.person);
      if ((await history.rows()).some((row) => row.email === email)) return;
      const lastName = `Row ${history.newPeople.length} of ${email}`;
      history.newPeople.push({ email, lastName });
      const rows = [{ email, last_name: lastName, phone: `New ${act.value} of person${act.person}` }];
      await history.di.call('POST', `/v1/admin/projects/${PROJECT}/tables/Contact/rows`, {
        rows,
        overridesSalesforce: true,
      });
    },
  ),
];
