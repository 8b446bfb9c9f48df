// A worker on imports in a process of its own, that is killed without warning.
import { pino } from 'pino';
import { createServices } from '../../../server/src/app.ts';
import { openDatabase } from '../../../server/src/database/open-database.ts';
import { ImportWork } from '../../../server/src/imports/import-work.ts';
import { testConfig } from './test-server.ts';

const logger = pino({ level: 'silent' });
const config = testConfig(process.env.DATABASE_URL ?? '');
const database = await openDatabase({ ...config, databaseConnections: 4 }, logger);
const { orgs, consentKeys } = createServices(config, database, logger);
const work = new ImportWork(database.knex, orgs, consentKeys, logger);
const never = new AbortController().signal;
for (;;) if (!(await work.turn(never))) await new Promise((resolve) => setTimeout(resolve, 20));
