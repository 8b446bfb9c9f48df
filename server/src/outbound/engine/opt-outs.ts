import { isChecked } from './fit-shape.ts';

/**
 * An opt-out is a person's word: no event and no item takes it back by a value that it happens to carry. What a checkbox
 * takes for yes is one, however it is written; of a person account the field is called after the person.
 */
export function undoesOptOut(name: string, value: unknown): boolean {
  return /^(?:person)?hasoptedoutofemail(?:__c)?$/i.test(name) && isChecked(value) !== true;
}
