// How much asks for somebody, by the place in the menu that says more of it.

import { call, pathOf } from 'di/api';

/** Dispatched on window with what asks for somebody, by section; a section that has nothing is not among them. */
export const ATTENTION = 'di-attention';

/** Often enough for who leaves the console open; screens look more often at what they show. */
export const LOOK_MILLISECONDS = 60_000;

/** Screens that ask how everything stands themselves, and tell the menu. */
export const TELLING = ['home', 'health'];

/** Asks how everything stands, and tells the menu of it; answers all of it. */
export async function lookAtHealth() {
  const health = await call('GET', pathOf('health'));
  window.dispatchEvent(new CustomEvent(ATTENTION, { detail: attentionOf(health) }));
  return health;
}

function attentionOf({ connections, failures }) {
  const sum = (of) => connections.reduce((total, connection) => total + of(connection), 0);
  const counts = {
    health: failures.length + sum((each) => each.failures.length + each.incidents.length),
    deliveries: sum((each) => each.deliveries.dead),
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
