// Writes what the console is checked by: the types of the API's calls and answers, from the document that describes it, and
// where the console's modules are.
//   tsx scripts/api-types.ts
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import knex from 'knex';
import openapi, { astToString } from 'openapi-typescript';
import pg from 'pg';
import { pino } from 'pino';
import { openApiDocument } from '../server/src/api/document.ts';
import { createServices, routesOf } from '../server/src/app.ts';
import { readConfig } from '../server/src/config.ts';

const ROOT = path.join(import.meta.dirname, '..');
/** Nothing of it is committed: it cannot be stale. */
const CACHE = path.join(ROOT, '.cache');
const MODULES = path.join(ROOT, 'server/console/modules/di');

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
writeFileSync(
  path.join(CACHE, 'console-modules.json'),
  JSON.stringify({ compilerOptions: { paths: modulePaths() } }),
);
process.exit();

/** `di/api` is the file of that name in the folder of that name. */
function modulePaths(): Record<string, string[]> {
  const files = readdirSync(MODULES).map((name) => [name, path.join(MODULES, name, `${name}.js`)] as const);
  return Object.fromEntries(
    files.filter(([, file]) => existsSync(file)).map(([name, file]) => [`di/${name}`, [file]]),
  );
}
