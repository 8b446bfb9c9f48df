import type { Knex } from 'knex';
import type { SecretBox } from '../auth/secret-box.ts';
import type { Config } from '../config.ts';
import { SalesforceAddresses } from '../salesforce/addresses.ts';
import { Grants } from '../salesforce/grants.ts';
import { AuthorizationRequests } from './authorization-requests.ts';
import type { AuthorizationDesk } from './authorization-routes.ts';
import { Authorizations, type StatusListener } from './authorizations.ts';
import { AuthorizationSecrets } from './credentials.ts';
import { CALLBACK_PATH } from './get-callback.ts';
import { START_PATH } from './start-authorization.ts';

/** Puts together what authorizing connections stands on. */
export function authorizationDesk(
  config: Pick<Config, 'publicUrl' | 'salesforceApp' | 'salesforceOrigins'>,
  knex: Knex,
  box: SecretBox,
  listener?: StatusListener,
): AuthorizationDesk {
  const addresses = new SalesforceAddresses(config.salesforceOrigins);
  return {
    authorizations: new Authorizations(knex, new AuthorizationSecrets(box), listener),
    requests: new AuthorizationRequests(knex, box),
    logIn: { addresses, grants: new Grants(addresses), app: config.salesforceApp },
    start: config.publicUrl + START_PATH,
    redirect: config.publicUrl + CALLBACK_PATH,
  };
}
