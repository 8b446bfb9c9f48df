import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runTests } from '../execution/tests.ts';
import { createOrg, type OrgOptions } from '../org.ts';
import { refusalReport } from '../refusal-report.ts';
import { Unsupported } from '../values/unsupported.ts';

const FEATURE = 'ConnectApi.Topics.getTopics(System.String)';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** An org of these files, by path. */
function orgOf(files: Readonly<Record<string, string>>, lenience: OrgOptions['lenience'] = 'unsupported') {
  const folder = mkdtempSync(path.join(tmpdir(), 'local-org-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return createOrg({ sources: [folder], lenience });
}

const PARTLY = {
  'Partly.cls': `public class Partly {
  public static List<String> steps = new List<String>();
  public static Object topics = ConnectApi.Topics.getTopics('x');
  public static void reach(Boolean all) {
    steps.add('before');
    try {
      if (all) {
        Object found = ConnectApi.Topics.getTopics('y');
        steps.add('never');
      }
    } catch (Exception e) {
      steps.add('caught');
    } finally {
      steps.add('finally');
    }
  }
}`,
};

describe('what the local org does not support', () => {
  it('is refused where it is reached, whatever catch stands around it; the rest runs', () => {
    const org = orgOf(PARTLY);
    expect(org.executeAnonymous('Partly.reach(false); System.debug(Partly.steps);')).toEqual([
      '(before, finally)',
    ]);
    expect(() => org.executeAnonymous('Partly.reach(true);')).toThrow(
      new RegExp(
        `Partly\\.cls:8:\\d+ ${FEATURE.replace(/[().]/g, '\\$&')} is not supported by the local org`,
      ),
    );
    expect(() => org.executeAnonymous('System.debug(Partly.topics);')).toThrow(Unsupported);
    expect(org.executeAnonymous('Partly.topics = 1; System.debug(Partly.topics);')).toEqual(['1']);
  });

  it('is listed at load, and keeps a strict org from being made', () => {
    const report = refusalReport(orgOf(PARTLY).refusals);
    expect(report).toMatch(/2 × ConnectApi\.Topics\.getTopics.*Partly\.cls:3:/);
    expect(() => orgOf(PARTLY, 'none')).toThrow(/Partly\.cls:3:[^]*Partly\.cls:8:/);
  });

  it('is not what a wrong name is: that keeps any org from being made, with all else that is wrong', () => {
    const files = {
      'Wrong.cls':
        "public class Wrong {\n  void a() { nothing(); }\n  void b() { Object t = ConnectApi.Topics.getTopics('x'); }\n}",
      'objects/Account/fields/A__c.field-meta.xml':
        '<CustomField><fullName>A__c</fullName><type>Nonsense</type></CustomField>',
    };
    expect(() => orgOf(files)).toThrow(
      /A__c[^\n]*type Nonsense[^]*Wrong\.cls:2:\d+ Method does not exist[^]*Wrong\.cls:3:/,
    );
  });

  it('lets a catch clause of an unknown type hold nothing, where everything is let pass', () => {
    const org = orgOf(
      {
        'Odd.cls': `public class Odd {
  public static String a(Boolean isNull) {
    try {
      String s = isNull ? null : 'x';
      return s.trim();
    } catch (NullPointerException e) {
      return 'null';
    } catch (Nothing.OfThatName e) {
      return 'odd';
    }
  }
  public static void b(Nothing n) { }
}`,
      },
      'everything',
    );
    expect(org.executeAnonymous('System.debug(Odd.a(false)); System.debug(Odd.a(true));')).toEqual([
      'x',
      'null',
    ]);
    expect(org.refusals.map((each) => each.message)).toEqual([
      expect.stringMatching(/Odd\.cls:12:\d+ Invalid type: Nothing$/),
      expect.stringMatching(/Odd\.cls:8:\d+ Invalid type: Nothing.OfThatName$/),
    ]);
  });

  it('fails the one test that reaches it', () => {
    const org = orgOf({
      ...PARTLY,
      'PartlyTest.cls':
        '@IsTest class PartlyTest {\n  @IsTest static void some() { Partly.reach(false); }\n  @IsTest static void all() { Partly.reach(true); }\n}',
    });
    expect(runTests(org).map(({ method, cause }) => [method, cause])).toEqual([
      ['some', null],
      ['all', 'refusal'],
    ]);
  });

  it('is worked out of a formula only when it is read', () => {
    const field = (name: string, formula: string) =>
      `<CustomField><fullName>${name}</fullName><type>Text</type><formula>${formula}</formula></CustomField>`;
    const org = orgOf({
      'objects/Account/fields/Odd__c.field-meta.xml': field('Odd__c', 'NOFUNCTION(Name)'),
      'objects/Account/fields/Even__c.field-meta.xml': field('Even__c', '$User.LastName &amp; Name'),
    });
    const read = (name: string) =>
      `insert new Account(Name = 'x'); System.debug([SELECT ${name} FROM Account].${name});`;
    expect(org.executeAnonymous(read('Even__c'))).toEqual([`${org.admin.lastName}x`]);
    expect(() => org.executeAnonymous(read('Odd__c'))).toThrow(
      /the formula NOFUNCTION\(Name\) is not supported/,
    );
  });

  it('is not what is merely not enforced: that is a warning', () => {
    const rules = { 'sharingRules/Secret__c.sharingRules-meta.xml': '<SharingRules></SharingRules>' };
    expect(orgOf(rules).warnings).toEqual([
      expect.stringMatching(/^Sharing rules are not applied: .*Secret__c/),
    ]);
    expect(orgOf({}).warnings).toEqual([]);
  });
});
