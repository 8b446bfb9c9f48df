import { pino } from 'pino';
import { readConfig, type Config } from './config.ts';
import { startServer } from './server.ts';

/** Reads the environment or says what is wrong with it, without a stack. */
function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

const config = configOrExit();
const logger = pino({ level: config.logLevel });
const server = await startServer(config, logger);
logger.info(
  { url: server.url, database: config.databaseUrl === null ? 'embedded' : 'postgresql' },
  'listening',
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    logger.info({ signal }, 'stopping');
    void server.close().then(() => process.exit(0));
  });
}
