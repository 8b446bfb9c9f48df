/** An opt-out is a person's word: no event and no item takes it back by a value that it happens to carry. */
export function undoesOptOut(name: string, value: unknown): boolean {
  return /^hasoptedoutofemail(?:__c)?$/i.test(name) && value !== true && value !== 'true';
}
