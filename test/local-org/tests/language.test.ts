import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOrg, type LocalOrg } from '../org.ts';
import { ApexException } from '../values/exception.ts';
import { SourceError } from '../values/object.ts';

const FIXTURE = path.join(import.meta.dirname, 'fixture');

describe('Apex in the local org', () => {
  let org: LocalOrg;
  beforeAll(() => {
    org = createOrg({ sources: [FIXTURE] });
  });

  /** What an expression is worth, as String.valueOf prints it. */
  const value = (expression: string): string | undefined =>
    org.executeAnonymous(`System.debug(${expression});`).at(-1);
  const run = (source: string): string | undefined => org.executeAnonymous(source).at(-1);
  const failure = (source: string): string => {
    try {
      org.executeAnonymous(source);
    } catch (error) {
      if (error instanceof ApexException || error instanceof SourceError)
        return error instanceof ApexException ? error.toString() : error.message;
      throw error;
    }
    return 'nothing';
  };

  it('runs classes that use everything together', () => {
    expect(value('Everything.run()')).toBe(
      'n0|n1|n2|square:2.25!|System.TypeException|Attempt to de-reference a null object59|boom|fin|g|Acme/Zed|Acme/Butt|2|22|2|' +
        'Insert failed. First exception on row 0; first error: REQUIRED_FIELD_MISSING, Required fields are missing: [LastName]: [LastName]|' +
        '{"a":1,"b":[1.50,null,true]}|{x={y=(1, z)}}|{a=(2, 2, 7)}13 3 3.5 1 -2147483648|Acme|none|1-b 2 true',
    );
  });

  it.each([
    ['7 / 2', '3'],
    ['-7 / 2', '-3'],
    ['7.0 / 2', '3.5'],
    ['1.0 / 3', '0.333333333333333333333333333333333'],
    ['2147483647 + 1', '-2147483648'],
    ['2147483647L + 1', '2147483648'],
    ['1 << 33', '2'],
    ['-1 >>> 28', '15'],
    ['5 & 3 | 8', '9'],
    ['true ^ true', 'false'],
    ['Math.mod(-7, 3)', '-1'],
    ['1.50 + 2', '3.50'],
    ['1.5 * 1.5', '2.25'],
    ['(Integer) 2.9', '2'],
    ['(Double) 1', '1.0'],
    ["'a' + 1 + null", 'a1null'],
    ["'ABC' == 'abc'", 'true'],
    ["'ABC'.equals('abc')", 'false'],
    ["'ABC' === 'abc'", 'false'],
    ["'b' > 'a'", 'true'],
    ['1 == 1.0', 'true'],
    ['null == null', 'true'],
    ['new List<Integer>{1, 2} == new List<Integer>{1, 2}', 'true'],
    ["'001000000000001' == (Id) '001000000000001AAA'", 'true'],
    ["3 > 2 ? 'yes' : 'no'", 'yes'],
    ['(Object) 1 instanceof Integer', 'true'],
    ['(Object) 1L instanceof Integer', 'false'],
    ["'x' instanceof String", 'true'],
    ["String.join(new List<Integer>{1, 2, 3}, '-')", '1-2-3'],
    ["'a,b,,'.split(',').size()", '2'],
    ["'x1y22'.replaceAll('[0-9]+', '#')", 'x#y#'],
    ["'Jean-Luc'.substringBetween('J', '-')", 'ean'],
    ["'%s'.leftPad(5, '*')", '***%s'],
    ["Integer.valueOf('42') + 1", '43'],
    ["Decimal.valueOf('1.005').setScale(2)", '1.00'],
    ['(1.25).round(System.RoundingMode.HALF_EVEN)', '1'],
    ['Date.newInstance(2026, 1, 31).addMonths(1)', '2026-02-28 00:00:00'],
    ['Date.newInstance(2024, 2, 29).addYears(1).day()', '28'],
    [
      "Datetime.newInstanceGmt(2026, 11, 20, 10, 5, 9).formatGmt('yyyy-MM-dd\\'T\\'HH:mm:ss EEE')",
      '2026-11-20T10:05:09 Fri',
    ],
    ['Date.newInstance(2026, 11, 20).daysBetween(Date.newInstance(2026, 12, 1))', '11'],
    ["EncodingUtil.base64Encode(Blob.valueOf('héllo'))", 'aMOpbGxv'],
    [
      "EncodingUtil.convertToHex(Crypto.generateDigest('SHA-256', Blob.valueOf('abc')))",
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ],
    ["EncodingUtil.urlEncode('a b&c', 'UTF-8')", 'a+b%26c'],
    [
      "JSON.serialize(new Map<String, Object>{'d' => Datetime.newInstanceGmt(2026, 11, 20, 10, 0, 0), 'n' => 1.20})",
      '{"d":"2026-11-20T10:00:00.000Z","n":1.20}',
    ],
    [
      '((Map<String, Object>) JSON.deserializeUntyped(\'{"a":[1,2.5,"x",null]}\')).get(\'a\')',
      '(1, 2.5, x, null)',
    ],
    ['Everything.Color.RED.name() + Everything.Color.values().size()', 'RED2'],
    ["Everything.Color.valueOf('green').ordinal()", '1'],
    ['new Set<Integer>{3, 1, 3}', '{3, 1}'],
    ["new Map<String, Integer>{'a' => 1}.get('b')", 'null'],
    [
      'Contact.Email.getDescribe().getType().name() + Contact.SObjectType.getDescribe().getKeyPrefix()',
      'EMAIL003',
    ],
    ["Schema.getGlobalDescribe().containsKey('contact')", 'true'],
    ["Type.forName('Everything').getName()", 'Everything'],
    ["new Contact(LastName = 'x').get('lastname')", 'x'],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  it.each([
    [
      'sorts with nulls first',
      'List<Integer> l = new List<Integer>{3, null, 1}; l.sort(); System.debug(l);',
      '(null, 1, 3)',
    ],
    [
      'goes over a map’s keys in their order',
      "String s = ''; for (String k : new Map<String, Integer>{'b' => 1, 'a' => 2}.keySet()) { s += k; } System.debug(s);",
      'ba',
    ],
    [
      'continues and breaks',
      'Integer n = 0; for (Integer i = 0; i < 10; i++) { if (i == 2) continue; if (i == 5) break; n += i; } System.debug(n);',
      '8',
    ],
    [
      'counts with do and while',
      'Integer n = 0; do { n++; } while (n < 3); while (n < 5) n++; System.debug(n);',
      '5',
    ],
    [
      'switches on text, numbers and null',
      "String r = ''; for (Object o : new List<Object>{1}) { switch on 'b' { when 'a' { r += 'a'; } when 'b', 'c' { r += 'bc'; } when else { r += 'e'; } } } System.debug(r);",
      'bc',
    ],
    [
      'switches on the type of a record',
      "SObject r = new Lead(); switch on r { when Contact c { System.debug('contact'); } when Lead l { System.debug('lead'); } when else { System.debug('else'); } }",
      'lead',
    ],
    [
      'steps and assigns in one go',
      "Integer i = 5; Integer j = i++ + ++i; i += 2; i <<= 1; List<Integer> l = new List<Integer>{1}; l[0] += 4; l[0]++; System.debug(j + ' ' + i + ' ' + l[0]);",
      '12 18 6',
    ],
    [
      'runs finally whatever happens',
      "String s = ''; try { try { s += 'a'; throw new Everything.MyException('x'); } finally { s += 'b'; } } catch (Exception e) { s += e.getMessage(); } System.debug(s);",
      'abx',
    ],
    ['safely navigates past null', "Account a; System.debug(a?.Name?.toUpperCase() ?? 'none');", 'none'],
    [
      'takes a parent that is not there for null',
      "insert new Contact(LastName = 'Alone'); Contact c = [SELECT Account.Name FROM Contact WHERE LastName = 'Alone']; System.debug(c.Account.Name);",
      'null',
    ],
    [
      'binds local variables in dynamic queries',
      "insert new Account(Name = 'Bound'); String wanted = 'Bound'; System.debug(Database.query('SELECT Name FROM Account WHERE Name = :wanted').size());",
      '1',
    ],
    [
      'rolls back to a savepoint',
      "Integer before = [SELECT COUNT() FROM Account]; Savepoint p = Database.setSavepoint(); insert new Account(Name = 'Gone'); Database.rollback(p); System.debug([SELECT COUNT() FROM Account] - before);",
      '0',
    ],
    [
      'keeps what is good without all or none',
      "List<Database.SaveResult> r = Database.insert(new List<Contact>{new Contact(LastName = 'Good'), new Contact()}, false); System.debug(r[0].isSuccess() + ' ' + r[1].getErrors()[0].getStatusCode().name());",
      'true REQUIRED_FIELD_MISSING',
    ],
    [
      'upserts by id',
      "Account a = new Account(Name = 'One'); upsert a; a.Name = 'Two'; upsert a; System.debug([SELECT Name FROM Account WHERE Id = :a.Id].Name);",
      'Two',
    ],
    [
      'deletes children with their parent, and brings back what was deleted',
      "Account a = new Account(Name = 'P'); insert a; insert new Contact(LastName = 'C', AccountId = a.Id); delete a; Integer n = [SELECT COUNT() FROM Contact WHERE AccountId = :a.Id]; undelete a; System.debug(n + ' ' + [SELECT COUNT() FROM Account WHERE Id = :a.Id]);",
      '0 1',
    ],
  ])('%s', (_what, source, expected) => {
    expect(run(source)).toBe(expected);
  });

  it.each([
    ['divides by zero', 'Integer i = 0; System.debug(1 / i);', 'System.MathException: Divide by 0'],
    [
      'dereferences null',
      'String s; s.length();',
      'System.NullPointerException: Attempt to de-reference a null object',
    ],
    [
      'reads past the end of a list',
      'System.debug(new List<Integer>()[0]);',
      'System.ListException: List index out of bounds: 0',
    ],
    [
      'casts to what it is not',
      "Object o = 'x'; Integer i = (Integer) o;",
      'System.TypeException: Invalid conversion from runtime type String to Integer',
    ],
    ['reads a number from words', "Integer.valueOf('abc');", 'System.TypeException: Invalid integer: abc'],
    [
      'makes an id of anything',
      "Id i = Id.valueOf('nonsense');",
      'System.StringException: Invalid id: nonsense',
    ],
    [
      'reads a field that was not selected',
      "insert new Contact(LastName = 'x'); Contact c = [SELECT Id FROM Contact LIMIT 1]; System.debug(c.LastName);",
      'System.SObjectException: SObject row was retrieved via SOQL without querying the requested field: Contact.LastName',
    ],
    [
      'asks for one record where there is none',
      "Contact c = [SELECT Id FROM Contact WHERE LastName = 'nobody'];",
      'System.QueryException: List has no rows for assignment to SObject',
    ],
    [
      'recurses without end',
      "Everything.Square s = new Everything.Square(1); Type t = Type.forName('Nothing'); t.getName();",
      'System.NullPointerException: Attempt to de-reference a null object',
    ],
    [
      'asserts what is not so',
      'System.assertEquals(1, 2);',
      'System.AssertException: Assertion Failed: Expected: 1, Actual: 2',
    ],
    [
      'queries too often',
      'for (Integer i = 0; i < 101; i++) { try { List<Account> a = [SELECT Id FROM Account LIMIT 1]; } catch (Exception e) { } }',
      'System.LimitException: Too many SOQL queries: 101',
    ],
    [
      'mixes setup and other objects',
      "insert new Account(Name = 'x'); insert new UserRole(Name = 'r');",
      'System.DmlException: Insert failed. First exception on row 0; first error: MIXED_DML_OPERATION',
    ],
  ])('fails as the platform does where code %s', (_what, source, expected) => {
    expect(failure(source)).toContain(expected);
  });

  it.each([
    ['an unknown variable', 'System.debug(nothing);', 'AnonymousBlock:1:14 Variable does not exist: nothing'],
    ['an unknown method', "'x'.shout();", 'Method does not exist or incorrect signature: shout()'],
    ['an unknown type', 'Nothing n;', 'Invalid type: Nothing'],
    [
      'an unknown field',
      'Contact c = new Contact(Shoe__c = 1);',
      'Invalid field Shoe__c for SObject Contact',
    ],
    [
      'an unknown column in a query',
      'List<Contact> c = [SELECT Shoe__c FROM Contact];',
      "No such column 'Shoe__c' on entity 'Contact'",
    ],
    ['a wrong type', "Integer i = 'x';", 'Illegal assignment from String to Integer'],
    ['an assignment by safe navigation', "Account a; a?.Name = 'x';", 'Nothing can be assigned through ?.'],
    [
      'what the library does not have',
      "System.debug(Approval.isLocked('x'));",
      'not supported by the local org',
    ],
  ])('refuses source with %s before anything runs, and says where', (_what, source, expected) => {
    expect(failure(source)).toContain(expected);
  });

  it('names every fault of a source tree at once, with file and line', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'local-org-'));
    writeFileSync(
      path.join(folder, 'One.cls'),
      'public class One {\n  void a() { nothing(); }\n  void b() { Integer i = true; }\n}',
    );
    writeFileSync(path.join(folder, 'Two.cls'), 'public class Two {\n  Missing m;\n}');
    try {
      expect(() => createOrg({ sources: [folder] })).toThrow(/Two\.cls:2:\d+ Invalid type: Missing/);
      rmSync(path.join(folder, 'Two.cls'));
      expect(() => createOrg({ sources: [folder] })).toThrow(
        /One\.cls:2:\d+ Method does not exist[^\n]*\n[^\n]*One\.cls:3:\d+ Illegal assignment/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives stack traces in the lines of Apex', () => {
    const source =
      'try {\n  Everything.fail();\n} catch (Exception e) {\n  System.debug(e.getStackTraceString());\n}';
    expect(run(source)).toMatch(
      /^Class\.Everything\.fail: line 137, column 1\nAnonymousBlock: line 2, column 1$/,
    );
  });
});
