import { constants } from 'node:os';
import type { Logger } from 'pino';
import type { EndLimits, RunningServer } from './server.ts';

/** How a process ends. */
export interface Ending {
  readonly logger: Logger;
  /** Seconds from a signal to the end. */
  readonly shutdownSeconds: number;
  /** Seconds after SIGTERM that requests are still taken: a person's Ctrl+C needs none. */
  readonly noticeSeconds: number;
}

type Signal = 'SIGINT' | 'SIGTERM';

/** Seconds for an end that nobody asked for: the state of the process is not known, and a supervisor waits to start another. */
const AFTER_A_FAULT = 10;
/** Milliseconds past the bound after which the process ends whatever its server says. */
const GRACE = 1000;

/**
 * Runs a server until a signal says to stop: then it ends within its bound, and a second signal ends it at once. What nobody
 * has foreseen, an error that no one caught, ends it too, and with a failure, so that a supervisor starts another: whether a
 * process can go on after such a thing is not known.
 */
export async function runUntilStopped(start: () => Promise<RunningServer>, ending: Ending): Promise<void> {
  const end = endingOf(ending);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      end.bySignal(signal);
    });
  for (const fault of ['uncaughtException', 'unhandledRejection'])
    process.on(fault, (error: unknown) => {
      end.byFault(error);
    });
  end.server = await start();
}

interface End {
  /** Null until it has started: then there is nothing to end but the process. */
  server: RunningServer | null;
  bySignal(signal: Signal): void;
  byFault(error: unknown): void;
}

function endingOf({ logger, shutdownSeconds, noticeSeconds }: Ending): End {
  let isEnding = false;
  const end: End = {
    server: null,
    bySignal: (signal) => {
      if (isEnding) process.exit(128 + constants.signals[signal]);
      isEnding = true;
      logger.info({ signal, seconds: shutdownSeconds }, 'stopping');
      leave(0, { seconds: shutdownSeconds, noticeSeconds: signal === 'SIGTERM' ? noticeSeconds : 0 });
    },
    byFault: (error) => {
      logger.fatal({ err: error }, 'an error that nobody caught: the process ends');
      if (isEnding) return;
      isEnding = true;
      leave(1, { seconds: Math.min(AFTER_A_FAULT, shutdownSeconds) });
    },
  };
  function leave(code: number, limits: EndLimits & { readonly seconds: number }): void {
    if (end.server === null) process.exit(code);
    setTimeout(
      () => {
        logger.warn('the process did not end in time');
        process.exit(code);
      },
      limits.seconds * 1000 + GRACE,
    );
    end.server.close(limits).then(
      () => {
        logger.info('stopped');
        process.exit(code);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'the server did not stop well');
        process.exit(1);
      },
    );
  }
  return end;
}
