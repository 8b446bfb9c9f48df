import { describe, expect, it } from 'vitest';
import { settingsOf, targetOf } from '../../scripts/import/options.ts';

const SUGGESTED = [
  { heading: 'E-mail', to: 'email' },
  { heading: 'Name', to: 'last_name' },
];

describe('options of the import command', () => {
  it('set nothing that is not said', () => {
    expect(settingsOf({}, SUGGESTED)).toEqual({});
  });

  it('take what is said of a heading or a column in the place of what is suggested', () => {
    expect(settingsOf({ map: ['Surname=last_name', 'a=b=email'] }, SUGGESTED).mapping).toEqual([
      { heading: 'Surname', to: 'last_name' },
      { heading: 'a=b', to: 'email' },
    ]);
    expect(settingsOf({ map: ['Name='] }, SUGGESTED).mapping).toEqual([{ heading: 'E-mail', to: 'email' }]);
  });

  it('name columns of consent, and the one that tells when', () => {
    const { consents } = settingsOf(
      { consent: ['News=newsletter', 'Calls=calls'], 'consent-date': 'Since' },
      [],
    );
    expect(consents).toEqual([
      { heading: 'News', optIn: 'newsletter', date: 'Since' },
      { heading: 'Calls', optIn: 'calls', date: 'Since' },
    ]);
  });

  it.each([[{ consent: ['Newsletter'] }], [{ map: ['=email'] }]])(
    'refuse %j, and say how it is written',
    (given) => {
      expect(() => settingsOf(given, SUGGESTED)).toThrow(/Write --(consent|map) "Heading=/);
    },
  );

  it('name one target, a table or an object', () => {
    expect(targetOf({ project: 'P', table: 'Contact' })).toEqual({ project: 'P', table: 'Contact' });
    expect(targetOf({ connection: 'c', object: 'Lead' })).toEqual({ connection: 'c', object: 'Lead' });
    expect(targetOf({ project: 'P', object: 'Lead' })).toBeNull();
    expect(targetOf({ project: 'P', table: 'Contact', object: 'Lead' })).toBeNull();
  });
});
