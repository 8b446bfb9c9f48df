import fc from 'fast-check';
import { SALES } from '../set-up.ts';

export const PEOPLE = 8;
/** Somebody who is known by an address, or will be. */
export const person = fc.nat({ max: PEOPLE - 1 });
export const value = fc.nat({ max: 5 });
export const user = fc.constantFrom(SALES, 'admin@local.org');

export const addressOf = (number: number): string => `person${number}@example.com`;
