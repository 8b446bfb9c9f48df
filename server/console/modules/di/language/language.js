// The console's language, on its own so that the base components can ask for it before any of our texts are there.

const LANGUAGES = ['en', 'fr'];
const KEPT = 'di-language';

/** The language chosen here before, or the browser's; English where it is none of ours. */
export const language = chosen() ?? (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');

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
    return LANGUAGES.includes(kept) ? kept : null;
  } catch {
    // A browser that keeps nothing decides by its own language.
    return null;
  }
}
