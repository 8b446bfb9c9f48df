import { describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { auraAnswers } from '../rest/aura-answers.ts';
import { callAuraMethod } from '../rest/aura.ts';

/** What Apex answers to a component. */
describe('an @AuraEnabled method', () => {
  const org = createOrg({ sources: ['test/local-org/tests/aura-fixture'] });

  it('answers those members that have the annotation, and no others', () => {
    expect(callAuraMethod(org, 'ShelfController', 'shelf', { label: 'A' })).toEqual({
      label: 'A',
      books: [{ title: 'One' }],
      byTitle: { One: { title: 'One' } },
    });
  });

  it('is found by its class without the prefix of a package, where one class only is meant', () => {
    const place = (className: string) => callAuraMethod(org, className, 'place', {});
    expect(place('OWN_RackController')).toBe('rack');
    expect(place('rackController')).toBe('rack');
    expect(callAuraMethod(org, 'ShelfController', 'titles', {})).toEqual(['One']);
    expect(callAuraMethod(org, 'OWN_ShelfController', 'titles', {})).toEqual(['Another']);
    expect(place('THEIR_DeskController')).toBe('their desk');
    expect(() => place('DeskController')).toThrow(
      'DeskController may be OWN_DeskController or THEIR_DeskController: write the whole name',
    );
    expect(() => place('Controller')).toThrow('There is no @AuraEnabled method Controller.place');
  });

  it('is known by its answer’s members before it is called', () => {
    const { answers, types } = auraAnswers(org.program);
    expect(answers).toEqual({
      'OWN_DeskController.place': {},
      'OWN_RackController.place': {},
      'OWN_ShelfController.titles': { of: {} },
      'THEIR_DeskController.place': {},
      'ShelfController.shelf': { type: 'ShelfController.Shelf' },
      'ShelfController.titles': { of: {} },
    });
    expect(types['ShelfController.Shelf']).toEqual({
      members: {
        label: {},
        books: { of: { type: 'ShelfController.Book' } },
        byTitle: { of: { type: 'ShelfController.Book' } },
      },
    });
  });
});
