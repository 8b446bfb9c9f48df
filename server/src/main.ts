import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { readConfig, type Config } from './config.ts';
import { databaseFailure } from './database/failures.ts';
import { createLog } from './log.ts';
import { logOutput } from './process/log-output.ts';
import { runUntilStopped } from './process/run-until-stopped.ts';
import { StartRefused } from './process/start-refused.ts';
import { startServer, type RunningServer } from './server.ts';

const config = configOrExit();
const logger = createLog({ level: config.logLevel }, logOutput(1));
try {
  await runUntilStopped(start, {
    logger,
    shutdownSeconds: config.shutdownSeconds,
    noticeSeconds: config.shutdownNoticeSeconds,
  });
} catch (error) {
  exitBecause(error);
}

async function start(): Promise<RunningServer> {
  const server = await startServer(config, logger);
  const database = config.databaseUrl === null ? 'embedded' : 'postgresql';
  logger.info({ url: server.url, database }, 'listening');
  return server;
}

/** The environment, and beside it what a file says that may be named: what the environment says goes first. */
function configOrExit(): Config {
  try {
    return readConfig({ ...fileSettings(), ...process.env });
  } catch (error) {
    exitBecause(error);
  }
}

/** `--env-file-if-exists`, as newer versions of Node.js have it. */
function fileSettings(): NodeJS.ProcessEnv {
  const { values } = parseArgs({ options: { 'env-file-if-exists': { type: 'string' } } });
  const file = values['env-file-if-exists'];
  if (file === undefined) return {};
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Says what keeps the server from starting; a stack is for what nobody has foreseen. */
function exitBecause(error: unknown): never {
  const isForeseen = error instanceof StartRefused || databaseFailure(error) !== null || isOfTheSystem(error);
  console.error(isForeseen && error instanceof Error ? error.message : error);
  process.exit(1);
}

/** A port in use, a folder that cannot be written to: the system's own words say enough. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
