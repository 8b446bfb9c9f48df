import { sentences as access } from './access.js';
import { sentences as calls } from './calls.js';
import { sentences as connections } from './connections.js';
import { sentences as deliveries } from './deliveries.js';
import { sentences as deployments } from './deployments.js';
import { sentences as failures } from './failures.js';
import { sentences as fits } from './fits.js';
import { sentences as items } from './items.js';
import { sentences as projects } from './projects.js';
import { sentences as rows } from './rows.js';
import { sentences as salesforce } from './salesforce.js';
import { sentences as transfers } from './transfers.js';
import { sentences as values } from './values.js';
import { sentences as work } from './work.js';

/** French of the server's sentences, by their codes (server/src/messages). What stands in braces is filled in. */
export const sentences = {
  ...access,
  ...calls,
  ...connections,
  ...deliveries,
  ...deployments,
  ...failures,
  ...fits,
  ...items,
  ...projects,
  ...rows,
  ...salesforce,
  ...transfers,
  ...values,
  ...work,
};
