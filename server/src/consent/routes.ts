import type { Config } from '../config.ts';
import type { Database } from '../database/open-database.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import type { Route } from '../http/route.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { consentReadRoutes } from './get-consent.ts';
import { optInRoutes } from './opt-in-routes.ts';
import { postConsent } from './post-consent.ts';

/** What consent stands on. */
export interface ConsentServices {
  readonly config: Config;
  readonly database: Database;
  readonly keys: ConsentKeys;
  readonly limits: RateLimits;
}

/** Opt-ins, what people said of them, and the proof of it. */
export function consentRoutes({ keys }: ConsentServices): Route[] {
  return [...optInRoutes(), postConsent(keys), ...consentReadRoutes()];
}
