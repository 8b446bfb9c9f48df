// What somebody has typed into a form and not sent yet: kept in this tab, through a reload and the end of a session.

import { user } from 'di/session';

const START = 'di.draft';

/** Nobody is shown what another user of the same tab has typed. */
const keyOf = (name) => `${START} ${user()?.email ?? ''} ${name}`;

export function keepDraft(name, draft) {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing, or no more: the form works all the same.
  }
}

/** What was typed into a form and not sent; null where nothing was. */
export function keptDraft(name) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(name)));
  } catch {
    return null;
  }
}

export function forgetDraft(name) {
  try {
    sessionStorage.removeItem(keyOf(name));
  } catch {
    // As above.
  }
}
