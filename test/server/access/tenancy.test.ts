import { generateKeyPairSync } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../../server/src/app.ts';
import { SCOPES, SCOPES_OF_ROLE, type Scope } from '../../../server/src/access/scopes.ts';
import type { Route } from '../../../server/src/api/route.ts';
import { as, createAccount, createKey, PASSWORD, type Account } from '../support/accounts.ts';
import {
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

/**
 * What another account meets at each endpoint that names something of this account: that it is not there. `own` endpoints
 * name nothing: they answer of the caller's account only, and say nothing of this one. An endpoint that is not listed
 * fails the test.
 */
const FIELD = { name: 'f', type: 'text' };
const PRIVATE_KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;
const MAPPING = [{ salesforceField: 'Email', column: 'email' }];
const INTEGRATION = { name: 'Mine', operations: ['deleted'] };
const ACTION = {
  name: 'Mine',
  object: 'Contact',
  operation: 'create',
  mapping: [{ field: 'LastName', path: 'name' }],
};
const CLASSIFIED: Readonly<
  Record<string, 'own' | { readonly body?: object; readonly query?: string; readonly csv?: string }>
> = {
  'get /v1/admin/projects': 'own',
  'post /v1/admin/projects': 'own',
  'get /v1/admin/projects/{project}': {},
  'patch /v1/admin/projects/{project}': { body: { name: 'Mine' } },
  'post /v1/admin/projects/{project}/archive': {},
  'post /v1/admin/projects/{project}/restore': {},
  'get /v1/admin/projects/{project}/build': {},
  'get /v1/admin/projects/{project}/conflicts': {},
  'get /v1/admin/projects/{project}/duplicates': {},
  'post /v1/admin/projects/{project}/build': {},
  'post /v1/admin/projects/{project}/tables': {
    body: { code: 'T', name: 'T', primaryKey: ['f'], fields: [FIELD] },
  },
  'patch /v1/admin/projects/{project}/tables/{table}': { body: { name: 'Mine' } },
  'post /v1/admin/projects/{project}/tables/{table}/archive': {},
  'post /v1/admin/projects/{project}/tables/{table}/restore': {},
  'post /v1/admin/projects/{project}/tables/{table}/fields': { body: FIELD },
  'patch /v1/admin/projects/{project}/tables/{table}/fields/{field}': { body: { label: 'Mine' } },
  'post /v1/admin/projects/{project}/tables/{table}/fields/{field}/archive': {},
  'post /v1/admin/projects/{project}/tables/{table}/fields/{field}/restore': {},
  'get /v1/admin/projects/{project}/tables/{table}/duplicates': {},
  'get /v1/admin/projects/{project}/tables/{table}/rows': {},
  'get /v1/admin/projects/{project}/tables/{table}/rows.csv': {},
  'get /v1/admin/projects/{project}/tables/{table}/records/{id}': {},
  'post /v1/admin/projects/{project}/tables/{table}/rows/find': {
    body: { key: { email: 'secret@example.com' } },
  },
  'post /v1/admin/projects/{project}/tables/{table}/rows': { body: { rows: [{ email: 'x@example.com' }] } },
  'patch /v1/admin/projects/{project}/tables/{table}/rows/{key}': { body: { last_name: 'Mine' } },
  'delete /v1/admin/projects/{project}/tables/{table}/rows': {
    body: { keys: [{ email: 'secret@example.com' }] },
  },
  'post /v1/admin/projects/{project}/tables/{table}/rows/archive': {
    body: { keys: [{ email: 'secret@example.com' }] },
  },
  'post /v1/admin/projects/{project}/tables/{table}/rows/restore': {
    body: { keys: [{ email: 'secret@example.com' }] },
  },
  'get /v1/admin/projects/{project}/sql-role': {},
  'post /v1/admin/projects/{project}/sql-role': {},
  'delete /v1/admin/projects/{project}/sql-role': {},
  'get /v1/admin/connections': 'own',
  'post /v1/admin/connections': { body: { project: '{project}', name: 'Mine' } },
  'post /v1/admin/connections/{connection}/secret': {},
  'get /v1/admin/connections/{connection}': {},
  'patch /v1/admin/connections/{connection}': { body: { name: 'Mine' } },
  'get /v1/admin/connections/{connection}/api-calls': {},
  'post /v1/admin/connections/{connection}/test': {},
  'delete /v1/admin/connections/{connection}': {},
  'get /v1/admin/imports': 'own',
  'get /v1/admin/import-encodings': 'own',
  'post /v1/admin/imports': { body: { name: 'f.csv', project: '{project}', table: 'Contact' } },
  'get /v1/admin/imports/{import}': {},
  'get /v1/admin/imports/{import}/targets': {},
  'delete /v1/admin/imports/{import}': {},
  'put /v1/admin/imports/{import}/file': {},
  'patch /v1/admin/imports/{import}/settings': { body: { mode: 'create' } },
  'post /v1/admin/imports/{import}/check': {},
  'post /v1/admin/imports/{import}/start': {},
  'post /v1/admin/imports/{import}/pause': {},
  'post /v1/admin/imports/{import}/resume': {},
  'post /v1/admin/imports/{import}/cancel': {},
  'get /v1/admin/imports/{import}/results.csv': {},
  'post /v1/admin/connections/{connection}/authorizations/web-server': { body: { clientId: 'mine' } },
  'post /v1/admin/connections/{connection}/authorizations/jwt-bearer': {
    body: { clientId: 'mine', userName: 'me@example.com', privateKey: PRIVATE_KEY },
  },
  'post /v1/admin/connections/{connection}/authorizations/password': {
    body: { userName: 'me@example.com', password: 'mine' },
  },
  'delete /v1/admin/connections/{connection}/authorization': {},
  'get /v1/admin/transfers': 'own',
  'post /v1/admin/transfers': {
    body: { connection: '{connection}', table: 'Contact', object: 'Lead', mapping: MAPPING },
  },
  'get /v1/admin/transfers/{transfer}': {},
  'put /v1/admin/transfers/{transfer}/mapping': { body: { mapping: MAPPING } },
  'put /v1/admin/transfers/{transfer}/consent': { body: { consent: [] } },
  'post /v1/admin/transfers/{transfer}/activate': {},
  'post /v1/admin/transfers/{transfer}/pause': {},
  'post /v1/admin/transfers/{transfer}/dry-run': { body: { records: [{ Email: 'a@example.com' }] } },
  'get /v1/admin/transfers/{transfer}/trigger': {},
  'get /v1/admin/projects/{project}/opt-ins': {},
  'put /v1/admin/projects/{project}/opt-ins': { body: { optIns: ['newsletter'] } },
  'get /v1/admin/projects/{project}/consent/branding': {},
  'put /v1/admin/projects/{project}/consent/branding': { body: {} },
  'get /v1/admin/projects/{project}/consent/preview': { query: '?purpose=unsubscribe&language=en' },
  'post /v1/admin/projects/{project}/opt-ins': { body: { code: 'mine', name: 'Mine' } },
  'patch /v1/admin/projects/{project}/opt-ins/{optIn}': { body: { name: 'Mine' } },
  'post /v1/admin/projects/{project}/opt-ins/{optIn}/archive': {},
  'post /v1/admin/projects/{project}/opt-ins/{optIn}/restore': {},
  'get /v1/admin/projects/{project}/consent': { query: '?optIn=newsletter&status=granted' },
  'post /v1/admin/projects/{project}/consent': {
    body: { changes: [{ contact: { email: 'secret@example.com' }, optIn: null, status: 'withdrawn' }] },
  },
  'get /v1/admin/projects/{project}/consent/contact': { query: '?key={"email":"secret@example.com"}' },
  'get /v1/admin/failures': 'own',
  'get /v1/admin/failures/items.csv': { query: '?kind=import&subject={import}' },
  'post /v1/admin/failures/replay': { body: { kind: 'import', subject: '{import}' } },
  'post /v1/admin/failures/discard': { body: { kind: 'import', subject: '{import}' } },
  'get /v1/admin/pulls': 'own',
  'post /v1/admin/pulls': { body: { transfer: '{transfer}' } },
  'get /v1/admin/pulls/{pull}': {},
  'patch /v1/admin/pulls/{pull}': { body: { isEnabled: false } },
  'delete /v1/admin/pulls/{pull}': {},
  'post /v1/admin/pulls/{pull}/preview': {},
  'post /v1/admin/pulls/{pull}/runs': { body: {} },
  'get /v1/admin/pulls/{pull}/runs': {},
  'get /v1/admin/pulls/{pull}/runs/{run}': {},
  'post /v1/admin/pulls/{pull}/runs/{run}/cancel': {},
  'get /v1/admin/comparisons': 'own',
  'post /v1/admin/comparisons': { body: { transfer: '{transfer}' } },
  'get /v1/admin/comparisons/{comparison}': {},
  'patch /v1/admin/comparisons/{comparison}': { body: { schedule: null } },
  'post /v1/admin/comparisons/{comparison}/cancel': {},
  'get /v1/admin/comparisons/{comparison}/differences': {},
  'get /v1/admin/comparisons/{comparison}/differences.csv': {},
  'post /v1/admin/comparisons/{comparison}/heal': { body: { act: 'take', differences: 'all' } },
  'get /v1/admin/integrations': 'own',
  'post /v1/admin/integrations': {
    body: { connection: '{connection}', table: 'Contact', object: 'Lead', ...INTEGRATION },
  },
  'get /v1/admin/integrations/{integration}': {},
  'put /v1/admin/integrations/{integration}': { body: INTEGRATION },
  'post /v1/admin/integrations/{integration}/check': {},
  'post /v1/admin/integrations/{integration}/activate': {},
  'post /v1/admin/integrations/{integration}/pause': {},
  'post /v1/admin/integrations/{integration}/archive': {},
  'get /v1/admin/integrations/{integration}/health': {},
  'get /v1/admin/deliveries': 'own',
  'get /v1/admin/activity': 'own',
  'post /v1/admin/deliveries/replay': { body: { integration: '{integration}' } },
  'post /v1/admin/deliveries/discard': { body: { integration: '{integration}' } },
  'post /v1/admin/projects/{project}/consent/links': {
    body: { purpose: 'unsubscribe', contacts: [{ email: 'secret@example.com' }] },
  },
  'post /v1/admin/projects/{project}/consent/links/revoke': {
    body: { contacts: [{ email: 'secret@example.com' }] },
  },
  'post /v1/admin/connections/{connection}/fields/plan': { body: { object: 'Contact', recordId: true } },
  'post /v1/admin/connections/{connection}/fields': { body: { object: 'Contact', recordId: true } },
  'get /v1/admin/connections/{connection}/deployments': {},
  'post /v1/admin/transfers/{transfer}/trigger': {},
  'delete /v1/admin/transfers/{transfer}/trigger': {},
  'get /v1/admin/deployments/{deployment}': {},
  'get /v1/admin/alert-channels': 'own',
  'post /v1/admin/alert-channels': 'own',
  'patch /v1/admin/alert-channels/{channel}': { body: { language: 'fr' } },
  'delete /v1/admin/alert-channels/{channel}': {},
  'post /v1/admin/alert-channels/{channel}/secret': {},
  'post /v1/admin/alert-channels/{channel}/test': {},
  'get /v1/admin/incidents': 'own',
  'get /v1/admin/sources': 'own',
  'post /v1/admin/sources': { body: { connection: '{connection}', name: 'Mine' } },
  'get /v1/admin/sources/{source}': {},
  'patch /v1/admin/sources/{source}': { body: { name: 'Mine' } },
  'delete /v1/admin/sources/{source}': {},
  'post /v1/admin/sources/{source}/keys': {},
  'delete /v1/admin/sources/{source}/keys/{key}': {},
  'get /v1/admin/sources/{source}/events': {},
  'post /v1/admin/sources/{source}/events/retry': { body: {} },
  'get /v1/admin/action-presets': 'own',
  'get /v1/admin/actions': 'own',
  'post /v1/admin/actions': { body: { ...ACTION, connection: '{connection}' } },
  'get /v1/admin/actions/{action}': {},
  'put /v1/admin/actions/{action}': { body: ACTION },
  'delete /v1/admin/actions/{action}': {},
  'post /v1/admin/actions/{action}/activate': {},
  'post /v1/admin/actions/{action}/pause': {},
  'get /v1/admin/actions/{action}/items': {},
  'post /v1/admin/actions/{action}/items/retry': { body: {} },
  'post /v1/actions/{action}': { body: { items: [{ name: 'Mine' }] } },
  'post /v1/admin/projects/{project}/consent/imports': { csv: 'address\nsecret@example.com\n' },
  'get /v1/admin/projects/{project}/consent/ledger.csv': {},
  'post /v1/admin/projects/{project}/persons/find': { body: { email: 'secret@example.com' } },
  'post /v1/admin/projects/{project}/persons/export': { body: { email: 'secret@example.com' } },
  'post /v1/admin/projects/{project}/persons/erase': { body: { email: 'secret@example.com' } },
  'get /v1/admin/projects/{project}/persons/erasures': {},
  'post /v1/admin/persons/search': 'own',
  'get /v1/admin/users': 'own',
  'post /v1/admin/users': 'own',
  'patch /v1/admin/users/{id}': { body: { name: 'Mine' } },
  'post /v1/admin/users/{id}/password-link': { body: {} },
  'delete /v1/admin/users/{id}/sign-on': {},
  'get /v1/admin/api-keys': 'own',
  'post /v1/admin/api-keys': 'own',
  'delete /v1/admin/api-keys/{id}': {},
  'get /v1/admin/audit-events': 'own',
  'get /v1/admin/health': 'own',
  'get /v1/admin/set-up': 'own',
  'get /v1/admin/connections/{connection}/rejections': {},
  'get /v1/admin/connections/{connection}/objects': {},
  'get /v1/admin/connections/{connection}/objects/{object}': {},
  'get /v1/admin/connections/{connection}/objects/{object}/sample': {},
  'post /v1/admin/connections/{connection}/objects/{object}/preview': { body: { table: 'Contact' } },
};

const PUBLIC = [
  'post /oauth/token',
  'get /oauth/salesforce/start',
  'post /oauth/salesforce/start',
  'get /oauth/salesforce/callback',
  'get /u/{token}',
  'post /u/{token}',
  'options /v1/identify',
  'post /v1/identify',
  'options /v1/track',
  'post /v1/track',
  'options /v1/page',
  'post /v1/page',
  'options /v1/screen',
  'post /v1/screen',
  'options /v1/group',
  'post /v1/group',
  'options /beacon/v1/batch',
  'post /beacon/v1/batch',
  'options /v1/i',
  'post /v1/i',
  'options /v1/m',
  'post /v1/m',
  'options /v1/t',
  'post /v1/t',
  'options /v1/p',
  'post /v1/p',
  'options /v1/s',
  'post /v1/s',
  'options /v1/g',
  'post /v1/g',
  'options /v1/a',
  'post /v1/a',
  'options /v1/b',
  'post /v1/b',
  'options /v1/alias',
  'post /v1/alias',
  'options /v1/batch',
  'post /v1/batch',
  'post /v1/sessions',
  'delete /v1/sessions/current',
  'post /v1/password-resets',
  'post /v1/password-links/read',
  'post /v1/password-links/use',
  'get /health',
  'get /ready',
  'get /openapi.json',
  'get /docs',
  'get /docs/{asset}',
  'get /',
  'get /console',
  'get /console/assets/{file}',
  'get /console/session',
  'post /console/session',
  'delete /console/session',
];

const nameOf = (route: Pick<Route, 'method' | 'path'>): string => `${route.method} ${route.path}`;

describe('every endpoint', () => {
  let server: TestServer;
  let routes: Route[];
  let mine: Account;
  let scene: Scene;
  let stranger: Account;
  let names: Record<string, string>;
  beforeAll(async () => {
    server = await startTestServer();
    routes = routesOf(server.services);
    mine = await createAccount(server);
    scene = await createScene(server, mine.token);
    stranger = await createAccount(server);
    const key = await as(server, mine.token, 'post', '/v1/admin/api-keys').send({
      name: 'K',
      scopes: ['rows:read'],
    });
    const pull = await as(server, mine.token, 'post', '/v1/admin/pulls').send({
      transfer: scene.transferId,
      startNow: false,
    });
    const { id: pullId } = pull.body as { id: string };
    const run = await as(server, mine.token, 'post', `/v1/admin/pulls/${pullId}/runs`).send({});
    const comparison = await as(server, mine.token, 'post', '/v1/admin/comparisons')
      .send({ transfer: scene.transferId })
      .expect(202);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [[contactId(1), moment(0), 'secret@example.com', 'Secret']],
    }).expect(200);
    const integration = await as(server, mine.token, 'post', '/v1/admin/integrations')
      .send({ connection: scene.connectionId, table: 'Contact', object: 'Contact', ...INTEGRATION })
      .expect(201);
    const channel = await as(server, mine.token, 'post', '/v1/admin/alert-channels').send({
      kind: 'webhook',
      address: 'https://hooks.example.com/secret',
    });
    const deployment = await as(
      server,
      mine.token,
      'post',
      `/v1/admin/connections/${scene.connectionId}/fields`,
    ).send({ object: 'Contact', recordId: true });
    const source = await as(server, mine.token, 'post', '/v1/admin/sources')
      .send({ connection: scene.connectionId, name: 'Site' })
      .expect(201);
    const { id: sourceId, writeKey } = source.body as { id: string; writeKey: string };
    await request(server.app)
      .post('/v1/identify')
      .auth(writeKey, '')
      .send({ userId: 'u', traits: { email: 'secret@example.com' }, integrations: { Salesforce: true } })
      .expect(200);
    const keys = await as(server, mine.token, 'get', `/v1/admin/sources/${sourceId}`);
    const action = await as(server, mine.token, 'post', '/v1/admin/actions')
      .send({ ...ACTION, connection: scene.connectionId })
      .expect(201);
    const imported = await as(server, mine.token, 'post', '/v1/admin/imports')
      .send({ name: 'people.csv', project: scene.project, table: 'Contact' })
      .expect(201);
    names = {
      source: sourceId,
      writeKey: (keys.body as { keys: { id: string }[] }).keys[0]?.id ?? '',
      deployment: (deployment.body as { deployment: string }).deployment,
      channel: (channel.body as { id: string }).id,
      action: (action.body as { id: string }).id,
      import: (imported.body as { id: string }).id,
      project: scene.project,
      table: 'Contact',
      object: 'Contact',
      field: 'last_name',
      optIn: 'newsletter',
      key: 'secret@example.com',
      connection: scene.connectionId,
      transfer: scene.transferId,
      pull: pullId,
      run: (run.body as { id: string }).id,
      comparison: (comparison.body as { id: string }).id,
      integration: (integration.body as { id: string }).id,
      apiKey: (key.body as { id: string }).id,
    };
  });
  afterAll(() => server.close());

  const accountRoutes = (): (Route & { access: { scope: Scope } })[] =>
    routes.filter((route): route is Route & { access: { scope: Scope } } => typeof route.access === 'object');

  function filled(text: string, path: string): string {
    const ids: Record<string, string> = {
      ...names,
      id: path.includes('/users')
        ? mine.ownerId
        : path.includes('/records')
          ? contactId(1)
          : (names.apiKey ?? ''),
      ...(path.includes('/sources/') ? { key: names.writeKey ?? '' } : {}),
    };
    return text.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? '');
  }

  it('is classified: by account, for the operator, for the plugin, for whoever is signed in, or public', () => {
    expect(accountRoutes().map(nameOf).sort()).toEqual(Object.keys(CLASSIFIED).sort());
    const others = routes.filter((route) => typeof route.access === 'string');
    const open = others.filter((route) => route.access === 'public');
    expect(open.map(nameOf).sort()).toEqual([...PUBLIC].sort());
    for (const route of others)
      if (route.access === 'operator') expect(route.path).toMatch(/^\/(v1\/operator\/|metrics$)/);
      else if (route.access === 'plugin') expect(route.path).toMatch(/^\/v1\/(plugin|tables)\//);
      else if (route.access === 'user') expect(route.path).toMatch(/^\/v1\/sessions(?:\/|$)/);
  });

  it('of an account shows another account nothing, and lets it change nothing', async () => {
    for (const route of accountRoutes()) {
      const kind = CLASSIFIED[nameOf(route)];
      if (kind === undefined) continue;
      const query = kind === 'own' ? '' : (kind.query ?? '');
      const path = `${filled(route.path, route.path)}${query}`;
      const call = as(server, stranger.token, route.method, path);
      if (kind === 'own') {
        if (route.method !== 'get') continue;
        const answer = await call.expect(200);
        for (const secret of [
          scene.project,
          scene.connectionId,
          scene.transferId,
          names.source,
          names.action,
          mine.email,
          mine.ownerId,
          names.apiKey,
          names.import,
        ])
          expect(answer.text, nameOf(route)).not.toContain(secret);
        continue;
      }
      if (kind.csv !== undefined) void call.set('Content-Type', 'text/csv');
      const answer = await (kind.csv !== undefined
        ? call.send(kind.csv)
        : kind.body
          ? call.send(JSON.parse(filled(JSON.stringify(kind.body), route.path)) as object)
          : call);
      // The embedded database has no SQL roles, whoever asks.
      expect([404, 409], `${nameOf(route)}: ${answer.text}`).toContain(answer.status);
      if (answer.status === 409) expect(route.path).toContain('sql-role');
      expect(answer.text, nameOf(route)).not.toMatch(/secret@example\.com|Secret/);
    }
    const rows = await as(
      server,
      mine.token,
      'get',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows`,
    );
    expect((rows.body as { rows: unknown[] }).rows).toHaveLength(1);
  });

  it('of an account refuses whoever has no token, a wrong one, or one without its scope', async () => {
    const withoutScope = new Map<Scope, string>();
    for (const scope of SCOPES) {
      const others = SCOPES.filter((each) => each !== scope);
      withoutScope.set(scope, await createKey(server, mine.token, others));
    }
    for (const route of accountRoutes()) {
      const path = filled(route.path, route.path);
      const name = nameOf(route);
      expect((await request(server.app)[route.method](path)).status, name).toBe(401);
      expect((await as(server, 'w'.repeat(40), route.method, path)).status, name).toBe(401);
      const answer = await as(server, withoutScope.get(route.access.scope) ?? '', route.method, path);
      expect(answer.status, name).toBe(403);
      expect(answer.body, name).toMatchObject({ code: 'insufficient-scope' });
    }
  });

  it('of an account refuses an org, a source of events, and a role beyond what it may', async () => {
    const source = `/v1/admin/sources/${names.source ?? ''}/keys`;
    const made = await as(server, mine.token, 'post', source).send({});
    const { writeKey } = made.body as { writeKey: string };
    const strangers = [await authorizedToken(server, scene), writeKey];
    const roles: [string, readonly Scope[]][] = [];
    for (const role of ['administrator', 'viewer'] as const) {
      const user = { email: `${role}@example.com`, name: role, role, password: PASSWORD };
      await as(server, mine.token, 'post', '/v1/admin/users').send(user).expect(201);
      const session = await request(server.app)
        .post('/v1/sessions')
        .send({ email: user.email, password: PASSWORD });
      roles.push([(session.body as { token: string }).token, SCOPES_OF_ROLE[role]]);
    }
    for (const route of accountRoutes()) {
      const path = filled(route.path, route.path);
      for (const token of strangers)
        expect((await as(server, token, route.method, path)).status, nameOf(route)).toBe(401);
      for (const [token, scopes] of roles)
        if (!scopes.includes(route.access.scope))
          expect((await as(server, token, route.method, path)).status, nameOf(route)).toBe(403);
    }
  });

  it('of the operator and the plugin refuses an owner of an account, and whoever has no token', async () => {
    for (const route of routes.filter((each) => each.access === 'operator' || each.access === 'plugin')) {
      const path = filled(route.path, route.path);
      expect((await request(server.app)[route.method](path)).status, nameOf(route)).toBe(401);
      expect((await as(server, mine.token, route.method, path)).status, nameOf(route)).toBe(401);
    }
  });

  it('of the plugin takes a token for its own project only', async () => {
    const other = await createScene(server, stranger.token);
    const token = await authorizedToken(server, other);
    await postBatch(server, token, {
      upserts: [[contactId(2), moment(0), 'stranger@example.com', 'Stranger']],
    }).expect(200);
    const rows = await as(
      server,
      mine.token,
      'get',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows`,
    );
    expect(JSON.stringify(rows.body)).not.toContain('stranger');
  });

  it('takes no source of another account or project for an action', async () => {
    const bound = async (token: string, connection: string, source: string | undefined): Promise<number> =>
      (
        await as(server, token, 'post', '/v1/admin/actions').send({
          ...ACTION,
          ...{ connection, trigger: { on: 'event', type: 'track', source } },
        })
      ).status;
    const elsewhere = await createScene(server, mine.token);
    const others = await createScene(server, stranger.token);
    expect(await bound(mine.token, scene.connectionId, names.source)).toBe(201);
    expect(await bound(mine.token, elsewhere.connectionId, names.source)).toBe(404);
    expect(await bound(stranger.token, others.connectionId, names.source)).toBe(404);
  });

  it('lets two accounts have a project of the same code, each in a schema of its own', async () => {
    const body = {
      code: 'Same',
      name: 'Same',
      type: 'A',
      contacts: { primaryKey: ['email'], fields: [{ name: 'email', type: 'email' }] },
    };
    for (const { token } of [mine, stranger]) {
      await as(server, token, 'post', '/v1/admin/projects').send(body).expect(201);
      await as(server, token, 'post', '/v1/admin/projects/Same/build').expect(200);
    }
    const schemas = await server.database.pool.query(
      "SELECT schema_name FROM di.project WHERE code = 'Same'",
    );
    expect(new Set(schemas.rows.map((row: { schema_name: string }) => row.schema_name)).size).toBe(2);
  });

  it('does not tell an unknown user from a wrong password', async () => {
    const answers = [];
    for (const email of [mine.email, 'nobody@example.com'])
      answers.push(
        await request(server.app)
          .post('/v1/sessions')
          .send({ email, password: `${PASSWORD}!` })
          .expect(401),
      );
    const [known, unknown] = answers.map((answer) => answer.body as { code: string; detail: string });
    expect([known?.code, known?.detail]).toEqual([unknown?.code, unknown?.detail]);
  });
});
