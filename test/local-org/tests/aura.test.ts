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

  it('is known by its answer’s members before it is called', () => {
    const { answers, types } = auraAnswers(org.program);
    expect(answers).toEqual({
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
