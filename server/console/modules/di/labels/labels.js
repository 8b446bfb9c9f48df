import { en } from './en.js';
import { fr } from './fr.js';

const TEXTS = { en, fr };
const KEPT = 'di-language';

/** The language chosen here before, or the browser's; English where it is none of ours. */
export const language = chosen() ?? (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');

/** Every text of the console in that language, by screen. */
export const labels = TEXTS[language];

/** Changes the language; the page is loaded anew with it. */
export function choose(other) {
  try {
    localStorage.setItem(KEPT, other);
  } catch {
    return;
  }
  window.location.reload();
}

function chosen() {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept in TEXTS ? kept : null;
  } catch {
    // A browser that keeps nothing decides by its own language.
    return null;
  }
}

/** A text with values in the places of {0}, {1}. */
export function fill(text, ...values) {
  return text.replace(/\{(\d)\}/g, (_all, index) => values[index]);
}

/** Choices of a select or a group of checkboxes, from their texts by value. */
export function optionsOf(texts) {
  return Object.entries(texts).map(([value, label]) => ({ value, label }));
}
