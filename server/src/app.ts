import express, { type Express } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { PasswordMails } from './accounts/password-mails.ts';
import { accountRoutes } from './accounts/routes.ts';
import { buildFollowers } from './build-followers.ts';
import { actionRoutes } from './outbound/actions/routes.ts';
import { resumeQueues } from './outbound/engine/write-queue.ts';
import { WriteWork } from './outbound/write-work.ts';
import { alertRoutes } from './operations/alert-routes.ts';
import { tellOfCalls } from './operations/tell-of-calls.ts';
import { tellOfAuthorization } from './operations/tell-of-authorization.ts';
import { waitingWork } from './operations/health/waiting-work.ts';
import { Teller } from './operations/teller.ts';
import { signOnRoutes } from './accounts/sign-on/routes.ts';
import { AccessTokens } from './access/access-tokens.ts';
import { Authenticator } from './access/authenticate.ts';
import { getPluginCounts } from './inbound/rows/get-plugin-counts.ts';
import { getPluginRecord } from './inbound/rows/get-plugin-record.ts';
import { pluginCaller } from './connections/plugin-caller.ts';
import { postOauthToken } from './connections/post-oauth-token.ts';
import { signingKeyRoutes } from './accounts/session-routes.ts';
import { SecretBox } from './access/secret-box.ts';
import { SessionCookie } from './access/session-cookie.ts';
import { SigningKeys } from './access/signing-keys.ts';
import type { Config } from './config.ts';
import { authorizationDesk } from './connections/authorization-desk.ts';
import { authorizationRoutes, type AuthorizationDesk } from './connections/authorization-routes.ts';
import type { StatusListener } from './connections/authorizations.ts';
import { connectionPageRoutes } from './connections/connection-page.ts';
import { getApiCalls } from './connections/get-api-calls.ts';
import { getCallback } from './connections/get-callback.ts';
import { optOutChecks } from './connections/org-checks.ts';
import { ConnectedOrgs } from './connections/orgs.ts';
import { postAuthorize } from './transfers/post-authorize.ts';
import { postTest } from './connections/post-test.ts';
import { connectionRoutes } from './connections/routes.ts';
import { startRoutes } from './connections/start-authorization.ts';
import { ConsentKeys } from './consent/consent-keys.ts';
import { publicLinkRoutes } from './consent/pages/public-link.ts';
import { consentRoutes } from './consent/routes.ts';
import { consoleRoutes } from './console/routes.ts';
import type { Database } from './database/open-database.ts';
import { comparisonRoutes } from './outbound/comparisons/routes.ts';
import { resumeChannel } from './outbound/drain/channel.ts';
import { deliveryRoutes } from './outbound/deliveries/delivery-routes.ts';
import { resumeRows } from './outbound/drain/standstill.ts';
import { integrationChecks } from './outbound/integrations/integration-checks.ts';
import { integrationRoutes } from './outbound/integrations/integration-routes.ts';
import { deploymentRoutes } from './deployments/routes.ts';
import { eventEndpoints } from './outbound/events/post-events.ts';
import { sourceRoutes } from './outbound/events/routes.ts';
import { getActivity } from './operations/activity/get-activity.ts';
import { failureRoutes } from './operations/health/failure-routes.ts';
import { countsByKind, listFailures } from './operations/health/failures.ts';
import { getSetUp } from './operations/health/get-set-up.ts';
import { getHealth } from './operations/health/get-health.ts';
import { getRejections } from './operations/health/get-rejections.ts';
import { createMailer, type Mailer } from './mail/mailer.ts';
import { bodyReader } from './http/body.ts';
import { handled } from './api/handled.ts';
import { errorHandler, noSuchRoute } from './api/error-handler.ts';
import { RateLimits } from './http/rate-limits.ts';
import { watchRequests } from './http/watch-requests.ts';
import type { Route } from './api/route.ts';
import { importTargets } from './outbound/files/import-targets.ts';
import { resumeImport } from './inbound/files/run-routes.ts';
import { importRoutes } from './inbound/files/routes.ts';
import { conflictRoutes } from './inbound/batches/conflict-routes.ts';
import { postBatch } from './inbound/batches/post-batch.ts';
import { Targets } from './inbound/batches/targets.ts';
import { healthRoutes } from './operations/process-health.ts';
import { Metrics } from './process/metrics.ts';
import { metricsRoute } from './operations/metrics-routes.ts';
import { openApiRoutes } from './api/openapi-routes.ts';
import { personRoutes } from './erasure/routes.ts';
import { personParts } from './person-parts.ts';
import { fieldRoutes } from './projects/field-routes.ts';
import { projectRoutes } from './projects/routes.ts';
import { retryFailedPulls } from './inbound/pulls/pull-runs.ts';
import { pullRoutes } from './inbound/pulls/routes.ts';
import { duplicateRoutes } from './records/duplicate-routes.ts';
import { rowRoutes } from './inbound/rows/routes.ts';
import { ApiCallCounts } from './salesforce/api-call-counts.ts';
import { putDescription } from './transfers/put-description.ts';
import { transferRoutes } from './transfers/routes.ts';
import { transferChecks } from './transfers/transfer-checks.ts';
import { transfersUsing } from './transfers/transfers.ts';

/** What the endpoints stand on. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly signingKeys: SigningKeys;
  readonly metrics: Metrics;
  readonly box: SecretBox;
  readonly authorization: AuthorizationDesk;
  readonly consentKeys: ConsentKeys;
  readonly apiCalls: ApiCallCounts;
  readonly orgs: ConnectedOrgs;
  readonly teller: Teller;
  readonly mailer: Mailer;
  readonly logger: Logger;
  readonly writeWork: WriteWork;
  /** The server is about to end. */
  readonly stopping: AbortSignal;
}

export function createServices(
  config: Config,
  database: Database,
  logger: Logger,
  stopping: AbortSignal = new AbortController().signal,
): Services {
  const box = new SecretBox(config.encryptionKeys);
  const authorization = authorizationDesk(config, database.knex, box, followAuthorization);
  const mailer = createMailer(config.alerts, config.dataFolder);
  const metrics = measured(database);
  const apiCalls = new ApiCallCounts(database.knex, metrics.apiCall);
  const troubles = tellOfCalls(database.knex, retryFailedPulls);
  const { authorizations, logIn } = authorization;
  const orgs = new ConnectedOrgs(authorizations, logIn, { counts: apiCalls, troubles, logger });
  return {
    config,
    database,
    stopping,
    box,
    authorization,
    apiCalls,
    orgs,
    writeWork: new WriteWork(database.knex, orgs),
    signingKeys: new SigningKeys(database.knex, box, config.tokenLifetime),
    metrics,
    consentKeys: new ConsentKeys(box),
    mailer,
    logger,
    teller: new Teller(database.knex, box, mailer, config),
  };
}

function measured({ pool, knex }: Database): Metrics {
  const metrics = new Metrics(pool);
  metrics.watchWork(() => waitingWork(knex));
  metrics.watchFailures(async () => countsByKind(await listFailures(knex, null)));
  return metrics;
}

/** A connection that is let in, or no longer is, concerns those who are told and what waits to be sent. */
const followAuthorization: StatusListener = async (transaction, change) => {
  await tellOfAuthorization(transaction, change);
  if (change.status !== 'authorized') return;
  await resumeWork(transaction, change.connectionId);
  await retryFailedPulls(transaction, change.connectionId);
};

/** Has what waits for an org looked at again at once. */
async function resumeWork(transaction: Knex, connectionId: string): Promise<void> {
  await resumeChannel(transaction, connectionId);
  await resumeRows(transaction, connectionId);
  await resumeQueues(transaction, connectionId);
}

/** Every endpoint the server has. */
export function routesOf(services: Services): Route[] {
  const { config, database, signingKeys, metrics, authorization, apiCalls, consentKeys, orgs } = services;
  const { teller, writeWork, mailer, logger } = services;
  const tokens = new AccessTokens(signingKeys, config.tokenLifetime);
  const { batchesPerMinute, eventCallsPerMinute } = config;
  const pool = database.isEmbedded ? null : database.pool;
  const limits = new RateLimits({ batchesPerMinute, eventCallsPerMinute, pool });
  const files = importTargets(orgs);
  const caller = pluginCaller(database.knex, tokens);
  const described = [
    postOauthToken(tokens, limits),
    postAuthorize(caller),
    putDescription(caller),
    getPluginRecord(caller),
    getPluginCounts(caller),
    postBatch({
      pool: database.pool,
      targets: new Targets(database.knex, consentKeys, true),
      tokens,
      limits,
      metrics,
      bodyLimit: config.bodyLimit,
    }),
    ...projectRoutes(buildFollowers),
    ...fieldRoutes(transfersUsing),
    ...rowRoutes(database.pool, database.isEmbedded, consentKeys),
    ...duplicateRoutes(),
    ...conflictRoutes(),
    ...importRoutes(files),
    ...connectionRoutes(authorization),
    ...connectionPageRoutes(authorization.authorizations, config.packageVersion, resumeWork),
    getApiCalls(authorization.authorizations, apiCalls),
    postTest({ ...authorization, orgs, sources: [transferChecks, integrationChecks, optOutChecks] }),
    ...authorizationRoutes(authorization),
    ...startRoutes(authorization),
    getCallback(authorization),
    ...transferRoutes(orgs),
    ...pullRoutes(orgs),
    ...comparisonRoutes(),
    ...integrationRoutes(orgs),
    ...deliveryRoutes(),
    getActivity(),
    ...consentRoutes({ config, database, keys: consentKeys }),
    ...publicLinkRoutes({ keys: consentKeys, limits }),
    ...personRoutes(consentKeys, personParts(consentKeys)),
    ...alertRoutes(teller),
    ...deploymentRoutes(orgs),
    ...eventEndpoints({ knex: database.knex, limits, wake: writeWork.wake }),
    ...sourceRoutes(writeWork.wake),
    ...actionRoutes(orgs, writeWork.wake),
    ...accountRoutes({
      limits,
      mails: new PasswordMails(mailer, config.publicUrl),
      passwords: config.passwords,
      logger,
    }),
    ...signingKeyRoutes(signingKeys),
    getHealth(),
    getSetUp(),
    getRejections(),
    ...failureRoutes({
      wake: writeWork.wake,
      resumeImport: (knex, actor, id) => resumeImport(files.check, { knex, caller: actor, id }),
    }),
  ];
  return [
    ...described,
    ...serviceRoutes(services),
    ...openApiRoutes(described),
    ...signOnRoutesOf(services, limits),
    ...consoleRoutes({
      limits,
      publicUrl: config.publicUrl,
      isMailSent: mailer.isReal,
      signOn: config.signOn?.name ?? null,
      passwords: config.passwords,
    }),
  ];
}

/** Signing in by an identity provider, where the settings name one. */
function signOnRoutesOf({ config, box, logger }: Services, limits: RateLimits): Route[] {
  const { signOn: settings, publicUrl } = config;
  return settings === null ? [] : signOnRoutes({ settings, box, limits, publicUrl, logger });
}

/** Endpoints for whoever watches the server; a worker has no others. */
export function serviceRoutes({ database, metrics, stopping }: Services): Route[] {
  return [...healthRoutes(database.pool, stopping), metricsRoute(metrics)];
}

/** The application of some endpoints. */
export function createApp(services: Services, routes: readonly Route[], logger: Logger): Express {
  const { config, database, metrics } = services;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustedProxies);
  app.use(watchRequests(logger, metrics.request));
  const desk = {
    knex: database.knex,
    authenticator: new Authenticator(database.knex, config.adminToken, new SessionCookie(config.publicUrl)),
    readBody: bodyReader(),
  };
  for (const route of routes)
    app[route.method](route.path.replace(/\{(\w+)\}/g, ':$1'), (request, response) =>
      handled(route, request, response, desk),
    );
  app.use(noSuchRoute);
  app.use(errorHandler(logger));
  return app;
}
