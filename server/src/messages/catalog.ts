import { ACCESS } from './access.ts';
import { CALLS } from './calls.ts';
import { CONNECTIONS } from './connections.ts';
import { DELIVERIES } from './deliveries.ts';
import { DEPLOYMENT_MESSAGES } from './deployments.ts';
import { FAILURES } from './failures.ts';
import { FITS } from './fits.ts';
import { ITEMS } from './items.ts';
import { PROJECTS } from './projects.ts';
import { ROWS } from './rows.ts';
import { SALESFORCE } from './salesforce.ts';
import { TRANSFERS } from './transfers.ts';
import { VALUES } from './values.ts';
import { WORK } from './work.ts';

/**
 * Sentences of the server by their codes, which are stable: what a screen says in another language it finds by them. What
 * stands in braces is filled in. A sentence says one thing: two of them never make one out of halves.
 */
export const CATALOG = {
  ...ACCESS,
  ...CALLS,
  ...CONNECTIONS,
  ...DELIVERIES,
  ...DEPLOYMENT_MESSAGES,
  ...FAILURES,
  ...FITS,
  ...ITEMS,
  ...PROJECTS,
  ...ROWS,
  ...SALESFORCE,
  ...TRANSFERS,
  ...VALUES,
  ...WORK,
} as const;
