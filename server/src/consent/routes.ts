import type { Config } from '../config.ts';
import type { Database } from '../database/open-database.ts';
import type { Route } from '../api/route.ts';
import { brandingRoutes } from './branding-routes.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { consentReadRoutes } from './get-consent.ts';
import { linkRoutes } from './link-routes.ts';
import { optInRoutes } from './opt-in-routes.ts';
import { getLedger } from './get-ledger.ts';
import { postConsent } from './post-consent.ts';
import { postImports } from './post-imports.ts';

/** What consent stands on. */
export interface ConsentServices {
  readonly config: Config;
  readonly database: Database;
  readonly keys: ConsentKeys;
}

/** Opt-ins, what people said of them, and the proof of it. */
export function consentRoutes({ config, database, keys }: ConsentServices): Route[] {
  return [
    ...optInRoutes(),
    ...brandingRoutes(),
    postConsent(keys),
    ...consentReadRoutes(),
    postImports(keys),
    getLedger(database, keys),
    ...linkRoutes(keys, config.publicUrl),
  ];
}
