import fc from 'fast-check';
import { actKind, anyOne, pick, type ActKind } from './act.ts';
import { addressOf, person, user, value } from './people.ts';

/** What people in Salesforce do with leads, which go into the table of the contacts. */
export const leadActs: readonly ActKind[] = [
  actKind(
    'create lead',
    { group: 'leads', weight: 2 },
    fc.record({ person, value, user }),
    async (history, act) => {
      await history.org.apex(
        `insert new Lead(LastName = 'Lead ${act.person}', Company = 'Company ${act.value}', Email = '${addressOf(act.person)}', Phone = '555-100${act.value}');`,
        act.user,
      );
    },
  ),
  actKind(
    'edit lead',
    { group: 'leads', weight: 2 },
    fc.record({
      lead: anyOne,
      field: fc.constantFrom('FirstName', 'LastName', 'Phone', 'City', 'State'),
      value,
      user,
    }),
    async (history, act) => {
      const lead = pick(await history.leads(), act.lead);
      if (lead)
        await history.org.apex(
          `update new Lead(Id = '${lead.Id}', ${act.field} = '${act.field} ${act.value}');`,
          act.user,
        );
    },
  ),
  actKind('delete lead', { group: 'leads' }, fc.record({ lead: anyOne, user }), async (history, act) => {
    const lead = pick(await history.leads(), act.lead);
    if (lead) await history.org.apex(`delete new Lead(Id = '${lead.Id}');`, act.user);
  }),
  actKind(
    'convert',
    { group: 'leads', weight: 2 },
    fc.record({ lead: anyOne, contact: fc.option(anyOne), user }),
    async (history, act) => {
      const lead = pick(await history.leads(), act.lead);
      if (!lead) return;
      // Only a contact of an account can be what a lead becomes.
      const contacts = (await history.contacts()).filter(({ AccountId: account }) => account !== null);
      const contact = act.contact === null ? undefined : pick(contacts, act.contact);
      const into = contact
        ? `convert.setAccountId('${contact.AccountId}'); convert.setContactId('${contact.Id}');`
        : '';
      await history.org.apex(
        `Database.LeadConvert convert = new Database.LeadConvert();
         convert.setLeadId('${lead.Id}'); convert.setConvertedStatus('Closed - Converted'); convert.setDoNotCreateOpportunity(true);
         ${into}
         Database.convertLead(convert);`,
        act.user,
      );
    },
  ),
];
