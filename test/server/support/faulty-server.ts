// The server in a process of its own, in which something goes wrong that nobody has foreseen when it is told so.
import { pino } from 'pino';
import { readConfig } from '../../../server/src/config.ts';
import { runUntilStopped } from '../../../server/src/run-until-stopped.ts';
import { startServer } from '../../../server/src/server.ts';

const config = readConfig(process.env);
const logger = pino({ level: config.logLevel });
process.on('message', (what) => {
  if (what === 'throw')
    setImmediate(() => {
      throw new Error('thrown where nobody catches it');
    });
  else void Promise.reject(new Error('rejected where nobody waits for it'));
});
await runUntilStopped(() => startServer(config, logger), {
  logger,
  shutdownSeconds: config.shutdownSeconds,
  noticeSeconds: config.shutdownNoticeSeconds,
});
