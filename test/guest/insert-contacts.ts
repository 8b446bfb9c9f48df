import type { LocalOrg } from '../local-org/org.ts';

/** Saves so many contacts, each with an address of its own. */
export function insertContacts(org: LocalOrg, count: number): void {
  org.executeAnonymous(`
    List<Contact> contacts = new List<Contact>();
    for (Integer index = 0; index < ${count}; index++) {
      contacts.add(new Contact(LastName = 'Person ' + index, Email = 'person' + index + '@example.com'));
    }
    insert contacts;`);
}
