import { call, pathOf } from 'di/api';
import { counted } from 'di/format';
import { fill, labels } from 'di/labels';
import { tell } from 'di/screen';

/** What can be activated and paused, by its state: how good that is. */
export const LEVELS_OF_SWITCHED = { draft: 'off', active: 'good', paused: 'warning', archived: 'off' };

const FROM = { pause: ['active'], activate: ['draft', 'paused'] };

/** Actions of a list for several of its rows, each of which has a `state`. */
export function switches() {
  return Object.entries(FROM).map(([name, states]) => ({
    name,
    label: labels.list[name],
    isMeant: ({ state }) => states.includes(state),
  }));
}

/**
 * Activates or pauses things of a kind, one after the other, and loads the screen's list again. One that is refused keeps no
 * other from it; the screen says how many were, and why the first.
 *
 * @param {import('di/screen').default} screen
 * @param {'transfers' | 'integrations' | 'actions'} kind
 * @param {{ keys: string[], name: 'activate' | 'pause' }} chosen
 */
export function switchAll(screen, kind, { keys, name }) {
  return screen.attempt(async () => {
    const refused = [];
    for (const key of keys)
      try {
        // eslint-disable-next-line no-await-in-loop -- what one activation changes, the next is checked against
        await call('POST', pathOf(kind, key, name));
      } catch (error) {
        refused.push(error);
      }
    await screen.load();
    if (refused.length > 0)
      throw new Error(fill(labels.list.notSwitched, refused.length, keys.length, refused[0].message));
    tell(counted(labels.list.switched, keys.length));
  });
}
