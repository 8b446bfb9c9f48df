import { texts as access } from './access.js';
import { texts as activity } from './activity.js';
import { texts as common } from './common.js';
import { texts as connections } from './connections.js';
import { texts as consent } from './consent.js';
import { texts as health } from './health.js';
import { texts as home } from './home.js';
import { texts as imports } from './imports.js';
import { texts as mapping } from './mapping.js';
import { texts as org } from './org.js';
import { texts as outbound } from './outbound.js';
import { texts as persons } from './persons.js';
import { texts as projects } from './projects.js';
import { texts as transfers } from './transfers.js';

export { sentences } from './messages/index.js';

/** Tous les textes de la console, par écran. Mêmes noms que dans en/. */
export const texts = {
  ...access,
  ...activity,
  ...common,
  ...connections,
  ...consent,
  ...health,
  ...home,
  ...imports,
  ...mapping,
  ...org,
  ...outbound,
  ...persons,
  ...projects,
  ...transfers,
};
