import fc from 'fast-check';
import type { History } from '../history.ts';
import { actKind, anyOne, pick, type ActKind } from './act.ts';
import { addressOf, PEOPLE, person, user, value } from './people.ts';

/** Fields that people in Salesforce fill. */
const field = fc.constantFrom('FirstName', 'LastName', 'Phone', 'MailingCity', 'MailingState');

/** Whether no other record may have an address: one has it, and several of one are left out. */
async function isTaken(history: History, email: string): Promise<boolean> {
  if (history.allows('rivals')) return false;
  return (await history.contacts()).some((contact) => contact.Email === email);
}

/** What people in Salesforce do with records, one at a time. */
export const recordActs: readonly ActKind[] = [
  actKind(
    'create',
    { group: 'records', weight: 5 },
    fc.record({ person, value, user }),
    async (history, act) => {
      const email = addressOf(act.person);
      if (await isTaken(history, email)) return;
      await history.org.apex(
        `insert new Contact(LastName = 'Person ${act.person}', Email = '${email}', Phone = '555-000${act.value}');`,
        act.user,
      );
    },
  ),
  actKind(
    'edit',
    { group: 'records', weight: 6 },
    fc.record({ contact: anyOne, field, value, user }),
    async (history, act) => {
      const contact = pick(await history.contacts(), act.contact);
      if (!contact) return;
      const text = `${act.field} ${act.value}`;
      await history.org.apex(`update new Contact(Id = '${contact.Id}', ${act.field} = '${text}');`, act.user);
    },
  ),
  actKind('empty', { group: 'records' }, fc.record({ contact: anyOne, user }), async (history, act) => {
    const contact = pick(await history.contacts(), act.contact);
    if (contact) await history.org.apex(`update new Contact(Id = '${contact.Id}', Phone = null);`, act.user);
  }),
  actKind(
    'move',
    { group: 'records' },
    fc.record({ contact: anyOne, person, user }),
    async (history, act) => {
      const contact = pick(await history.contacts(), act.contact);
      const email = addressOf(act.person);
      if (!contact || (await isTaken(history, email))) return;
      await history.org.apex(`update new Contact(Id = '${contact.Id}', Email = '${email}');`, act.user);
    },
  ),
  actKind(
    'empty address',
    { group: 'records' },
    fc.record({ contact: anyOne, user }),
    async (history, act) => {
      const contact = pick(await history.contacts(), act.contact);
      if (contact)
        await history.org.apex(`update new Contact(Id = '${contact.Id}', Email = null);`, act.user);
    },
  ),
  actKind(
    'delete',
    { group: 'records', weight: 2 },
    fc.record({ contact: anyOne, user }),
    async (history, act) => {
      const contact = pick(await history.contacts(), act.contact);
      if (contact) await history.org.apex(`delete new Contact(Id = '${contact.Id}');`, act.user);
    },
  ),
  actKind('undelete', { group: 'records' }, fc.record({ contact: anyOne, user }), async (history, act) => {
    const contact = pick(await history.deleted('Contact'), act.contact);
    if (!contact || (contact.Email !== null && (await isTaken(history, String(contact.Email))))) return;
    // Versions are whole seconds: within that of its last one nobody would know that it was gone.
    await history.pass(1000);
    await history.org.apex(`undelete new Contact(Id = '${contact.Id}');`, act.user);
  }),
];

/** Many records in one transaction, and records that become one. */
export const manyRecordsActs: readonly ActKind[] = [
  actKind('change all', { group: 'bulk' }, fc.record({ field, value, user }), async (history, act) => {
    await history.org.apex(
      `List<Contact> all = [SELECT Id FROM Contact];
       for (Contact each : all) { each.${act.field} = 'All ${act.value}'; }
       update all;`,
      act.user,
    );
  }),
  actKind(
    'delete several',
    { group: 'bulk' },
    fc.record({ count: fc.integer({ min: 2, max: 4 }), user }),
    async (history, act) => {
      await history.org.apex(`delete [SELECT Id FROM Contact ORDER BY Id LIMIT ${act.count}];`, act.user);
    },
  ),
  actKind('create several', { group: 'bulk' }, fc.record({ first: person, user }), async (history, act) => {
    const taken = (await history.contacts()).map(({ Email: email }) => email);
    const free = Array.from({ length: 4 }, (_, index) => addressOf((act.first + index) % PEOPLE)).filter(
      (email) => history.allows('rivals') || !taken.includes(email),
    );
    const made = free.map((email) => `new Contact(LastName = 'Several', Email = '${email}')`);
    if (made.length > 0) await history.org.apex(`insert new List<Contact>{ ${made.join(', ')} };`, act.user);
  }),
  actKind(
    'merge',
    { group: 'merges' },
    fc.record({ winner: anyOne, loser: anyOne, user }),
    async (history, act) => {
      const contacts = await history.contacts();
      const winner = pick(contacts, act.winner);
      const loser = pick(contacts, act.loser);
      if (!winner || !loser || winner === loser) return;
      await history.org.apex(
        `merge new Contact(Id = '${winner.Id}') new Contact(Id = '${loser.Id}');`,
        act.user,
      );
    },
  ),
];
