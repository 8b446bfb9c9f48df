import { language } from 'di/language';
import { en } from './en.js';
import { fr } from './fr.js';

/** Every text of the console in its language, by screen. */
export const labels = { en, fr }[language];

/** A text with values in the places of {0}, {1}. */
export function fill(text, ...values) {
  return text.replace(/\{(\d)\}/g, (_all, index) => values[index]);
}

/** Choices of a select or a group of checkboxes, from their texts by value. */
export function optionsOf(texts) {
  return Object.entries(texts).map(([value, label]) => ({ value, label }));
}
