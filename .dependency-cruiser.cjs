/**
 * What leans on what in the server: a folder imports only what stands below it (docs/architecture.md has the picture).
 * `npm run check:tree` checks it, types included.
 */

/** Lowest first. */
const FLOORS = [
  ['process', 'process/'],
  ['messages', 'messages/'],
  ['config', 'config\\.ts$'],
  ['values', 'values/'],
  ['http', 'http/'],
  ['mail', 'mail/'],
  ['database', 'database/'],
  ['jobs', 'jobs/'],
  ['salesforce', 'salesforce/'],
  ['access', 'access/'],
  ['api', 'api/'],
  ['accounts', 'accounts/'],
  ['projects', 'projects/'],
  ['people', 'people/'],
  ['consent', 'consent/'],
  ['records', 'records/'],
  ['erasure', 'erasure/'],
  ['connections', 'connections/'],
  ['transfers', 'transfers/'],
  ['inbound', 'inbound/'],
  ['outbound', 'outbound/'],
  ['deployments', 'deployments/'],
  ['operations', 'operations/'],
  ['console', 'console/'],
  // What puts all of it together.
  ['root', '(?!config\\.ts$)[^/]+\\.ts$'],
];

const within = (path) => `^server/src/${path}`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...FLOORS.slice(0, -1).map(([name, path], floor) => ({
      name: `${name}-leans-on-nothing-above`,
      severity: 'error',
      from: { path: within(path) },
      to: { path: FLOORS.slice(floor + 1).map(([, above]) => within(above)) },
    })),
    {
      name: 'every-folder-has-a-floor',
      severity: 'error',
      from: {},
      to: { path: '^server/src/', pathNot: FLOORS.map(([, path]) => within(path)) },
    },
    {
      name: 'migrations-import-no-live-code',
      comment: 'A migration does for ever what it did when it was written.',
      severity: 'error',
      from: { path: '^server/src/database/migrations/', pathNot: '/index\\.ts$' },
      to: { path: '^server/src/', pathNot: '^server/src/database/migrations/' },
    },
    {
      name: 'nobody-takes-sql-from-migrations',
      severity: 'error',
      from: { path: '^server/src/', pathNot: '^server/src/database/(?:migrations/|open-database\\.ts$)' },
      to: { path: '^server/src/database/migrations/' },
    },
    {
      name: 'the-engine-knows-no-producer',
      severity: 'error',
      from: { path: '^server/src/outbound/engine/' },
      to: { path: '^server/src/outbound/(?!engine/)' },
    },
    {
      name: 'files-are-looked-at-by-threads',
      comment: 'What a hostile file makes slow is never done by the thread that answers.',
      severity: 'error',
      from: {
        path: '^server/src/',
        pathNot: '^server/src/inbound/files/(?:inspect-worker|inspection|inspect-file)\\.ts$',
      },
      to: { path: '^server/src/inbound/files/inspect-(?:head|worker)\\.ts$' },
    },
    {
      name: 'files-are-looked-at-by-threads-alone',
      severity: 'error',
      from: { path: '^server/src/inbound/files/(?:inspection|inspect-file)\\.ts$' },
      to: {
        path: '^server/src/inbound/files/inspect-(?:head|worker)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    { name: 'no-cycle-of-files', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-cycle-of-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'], exportsFields: ['exports'] },
  },
};
