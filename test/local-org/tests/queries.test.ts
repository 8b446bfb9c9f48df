import { beforeAll, describe, expect, it } from 'vitest';
import { createOrg, type LocalOrg } from '../org.ts';

describe('SOQL in the local org', () => {
  let org: LocalOrg;
  beforeAll(() => {
    org = createOrg({ sources: [] });
    org.executeAnonymous(`
      List<Account> accounts = new List<Account>{ new Account(Name = 'Alpha', NumberOfEmployees = 10), new Account(Name = 'beta', NumberOfEmployees = 20), new Account(Name = 'Gamma') };
      insert accounts;
      insert new List<Contact>{
        new Contact(FirstName = 'Ann', LastName = 'One', AccountId = accounts[0].Id, Email = 'ann@example.com', Birthdate = Date.newInstance(1990, 5, 17)),
        new Contact(FirstName = 'Bob', LastName = 'Two', AccountId = accounts[0].Id, DoNotCall = true),
        new Contact(FirstName = 'Cy', LastName = 'Three', AccountId = accounts[1].Id),
        new Contact(LastName = '100% _sure_')
      };
      insert new Lead(LastName = 'Lead', Company = 'Co', Email = 'ANN@example.com');
    `);
  });

  const names = (query: string): string =>
    org
      .executeAnonymous(
        `List<String> names = new List<String>(); for (SObject r : Database.query('${query.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')) { names.add((String) r.get('Name')); } System.debug(String.join(names, ','));`,
      )
      .at(-1) ?? '';

  it.each([
    ["SELECT Name FROM Contact WHERE Email = 'ANN@EXAMPLE.COM'", 'Ann One'],
    ['SELECT Name FROM Contact WHERE Email != null', 'Ann One'],
    ["SELECT Name FROM Contact WHERE LastName LIKE 't%' ORDER BY LastName", 'Cy Three,Bob Two'],
    ["SELECT Name FROM Contact WHERE LastName LIKE '100\\% \\_%'", '100% _sure_'],
    ["SELECT Name FROM Contact WHERE LastName IN ('one', 'two') AND DoNotCall = false", 'Ann One'],
    [
      "SELECT Name FROM Contact WHERE NOT LastName IN ('One', 'Two') ORDER BY LastName DESC",
      'Cy Three,100% _sure_',
    ],
    ["SELECT Name FROM Contact WHERE Account.Name = 'ALPHA' ORDER BY FirstName", 'Ann One,Bob Two'],
    ['SELECT Name FROM Contact WHERE Account.NumberOfEmployees >= 20', 'Cy Three'],
    ["SELECT Name FROM Contact WHERE (LastName = 'One' OR LastName = 'Two') AND Email = null", 'Bob Two'],
    ['SELECT Name FROM Account ORDER BY NumberOfEmployees DESC NULLS LAST', 'beta,Alpha,Gamma'],
    ['SELECT Name FROM Account ORDER BY NumberOfEmployees NULLS FIRST LIMIT 2', 'Gamma,Alpha'],
    ['SELECT Name FROM Account ORDER BY Name LIMIT 1 OFFSET 1', 'beta'],
    ['SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE DoNotCall = true)', 'Alpha'],
    ['SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact) ORDER BY Name', 'Gamma'],
    ['SELECT Name FROM Contact WHERE CreatedDate = TODAY AND Birthdate < 2000-01-01', 'Ann One'],
    ['SELECT Name FROM Contact WHERE CreatedDate = LAST_N_DAYS:3 AND Birthdate != null', 'Ann One'],
    ['SELECT Name FROM Contact WHERE CALENDAR_YEAR(Birthdate) = 1990', 'Ann One'],
    ['SELECT Name FROM Contact WHERE CreatedDate > TOMORROW', ''],
    ['SELECT c.Name FROM Contact c WHERE c.DoNotCall = true', 'Bob Two'],
  ])('%s finds %s', (query, expected) => {
    expect(names(query)).toBe(expected);
  });

  const last = (source: string): string | undefined => org.executeAnonymous(source).at(-1);

  it('counts and adds up by group', () => {
    expect(
      last(
        "String s = ''; for (AggregateResult r : [SELECT Account.Name n, COUNT(Id) c FROM Contact WHERE AccountId != null GROUP BY Account.Name HAVING COUNT(Id) > 0 ORDER BY COUNT(Id) DESC]) { s += r.get('n') + '=' + r.get('c') + ';'; } System.debug(s);",
      ),
    ).toBe('Alpha=2;beta=1;');
    expect(
      last(
        "AggregateResult r = [SELECT SUM(NumberOfEmployees), AVG(NumberOfEmployees), MAX(Name) FROM Account]; System.debug(r.get('expr0') + ' ' + r.get('expr1') + ' ' + r.get('expr2'));",
      ),
    ).toBe('30 15 Gamma');
    expect(last('System.debug([SELECT COUNT() FROM Contact]);')).toBe('4');
  });

  it('brings children with their parents', () => {
    expect(
      last(
        "Account a = [SELECT Name, (SELECT LastName FROM Contacts WHERE DoNotCall = false ORDER BY LastName) FROM Account WHERE Name = 'Alpha']; System.debug(a.Contacts.size() + a.Contacts[0].LastName);",
      ),
    ).toBe('1One');
  });

  it('shows deleted records only where all rows are asked for', () => {
    expect(
      last(
        "Account a = new Account(Name = 'Deleted'); insert a; delete a; System.debug([SELECT COUNT() FROM Account WHERE Name = 'Deleted'] + ' ' + [SELECT COUNT() FROM Account WHERE Name = 'Deleted' ALL ROWS]);",
      ),
    ).toBe('0 1');
  });

  it('binds lists, sets and records', () => {
    expect(
      last(
        "List<Account> a = [SELECT Id FROM Account WHERE Name IN :new Set<String>{'Alpha', 'Beta'}]; System.debug([SELECT COUNT() FROM Contact WHERE AccountId IN :a]);",
      ),
    ).toBe('3');
  });
});
