/** A drain ended before its work did; what it has not sent is sent by the next one. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Throws Interrupted where the lease of the connection is lost, or the server stops.
 *
 * @param ending aborted by either
 */
export function checkEnding(ending: AbortSignal): void {
  if (ending.aborted) throw new Interrupted('The drain was interrupted.');
}
