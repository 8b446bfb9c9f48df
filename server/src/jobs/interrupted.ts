/** Work ended before its end: what it has not done is done by another turn, of this copy of the server or of another one. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/** Another worker has the piece of work now, or it was taken from all of them: the worker that finds out writes nothing more. */
export class LeaseLost extends Interrupted {
  override readonly name = 'LeaseLost';
}

/**
 * Throws LeaseLost where the lease of the work is lost, and Interrupted where the server stops.
 *
 * @param ending aborted by either
 */
export function checkEnding(ending: AbortSignal): void {
  if (ending.aborted) throw interruption(ending);
}

/** Waits for what goes on without this server, but no longer than the work may go on. Throws what `checkEnding` throws. */
export async function untilEnding<T>(ending: AbortSignal, result: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void => {
      reject(interruption(ending));
    };
    if (ending.aborted) end();
    else ending.addEventListener('abort', end, { signal: answered.signal });
  });
  try {
    return await Promise.race([result, ended]);
  } finally {
    answered.abort();
    // What becomes of a result that was not waited for is told to nobody.
    result.catch(() => undefined);
  }
}

function interruption({ reason }: AbortSignal): Interrupted {
  return reason instanceof Interrupted ? reason : new Interrupted('The server stops.');
}
