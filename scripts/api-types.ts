// Writes what the console is checked by: the types of the API's calls and answers, from the document that describes it, and
// where the console's modules are.
//   tsx scripts/api-types.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import knex from 'knex';
import openapi, { astToString } from 'openapi-typescript';
import pg from 'pg';
import { pino } from 'pino';
import { openApiDocument } from '../server/src/api/document.ts';
import { createServices, routesOf } from '../server/src/app.ts';
import { readConfig } from '../server/src/config.ts';
import { writeModulePaths } from './module-paths.ts';

const ROOT = path.join(import.meta.dirname, '..');
/** Nothing of it is committed: it cannot be stale. */
const CACHE = path.join(ROOT, '.cache');

/** Nothing is asked of the database: routes only say what they are. */
const pool = new pg.Pool();
const database = {
  pool,
  connectionString: '',
  knex: knex({ client: 'pg' }),
  isEmbedded: false,
  close: () => pool.end(),
};
const config = readConfig({ ADMIN_TOKEN: randomUUID(), DATA_DIR: path.join(CACHE, 'api-types') });
const routes = routesOf(createServices(config, database, pino({ level: 'silent' })));
const document = openApiDocument(routes.filter(({ tag }) => tag !== 'Documentation'));
mkdirSync(CACHE, { recursive: true });
writeFileSync(path.join(CACHE, 'api.d.ts'), astToString(await openapi(JSON.stringify(document))));
writeModulePaths(
  path.join(CACHE, 'console-modules.json'),
  'di',
  path.join(ROOT, 'server/console/modules/di'),
);
process.exit();
