import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Salesforce } from './salesforce.ts';

interface Person {
  readonly employee_first_name: string;
  readonly employee_last_name: string;
  readonly company_name: string;
  readonly company_city: string;
  readonly company_state: string;
  readonly personal_phone2: string;
  readonly personal_email: string;
}

/** 500 people at 50 companies, a well-known public sample. */
export function readPeople(): Person[] {
  const file = path.join(import.meta.dirname, 'us-500.csv');
  return parse<Person>(readFileSync(file), { columns: true, bom: true });
}

/** Saves the people as Contacts of their companies' Accounts, 200 a call. */
export async function loadPeople(
  salesforce: Salesforce,
  people: readonly Person[],
  progress: (done: number, of: number) => void,
): Promise<string[]> {
  const companies = [...new Set(people.map((person) => person.company_name))];
  const accountIds = await salesforce.createAll(
    'Account',
    companies.map((name) => ({ Name: name })),
  );
  const accountOf = new Map(companies.map((name, index) => [name, accountIds[index]]));
  const contacts = people.map((person) => ({
    FirstName: person.employee_first_name,
    LastName: person.employee_last_name,
    Email: person.personal_email,
    Phone: person.personal_phone2,
    MailingCity: person.company_city,
    MailingState: person.company_state,
    AccountId: accountOf.get(person.company_name),
  }));
  return salesforce.createAll('Contact', contacts, (done) => {
    progress(done, contacts.length);
  });
}
