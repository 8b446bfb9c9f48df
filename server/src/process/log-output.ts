import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Times that a busy reader is waited for, and milliseconds of each. */
const TRIES = 50;
const PAUSE = 10;

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Where the log goes: a file descriptor, each line at once. A disk that is full or a reader that has gone costs lines and
 * nothing else; pino's own output throws then, or tries for ever.
 */
export function logOutput(fd: number): DestinationStream {
  return {
    write: (line) => {
      let left = Buffer.from(line);
      for (let tries = 0; left.length > 0 && tries < TRIES;)
        try {
          left = left.subarray(writeSync(fd, left));
        } catch (error) {
          if (!isBusy(error)) return;
          tries += 1;
          Atomics.wait(pause, 0, 0, PAUSE);
        }
    },
  };
}

/** A pipe that is full: whoever reads it is slow. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY');
}
