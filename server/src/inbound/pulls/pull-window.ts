/**
 * Milliseconds that changes are asked for again. SystemModstamp is set when a record is saved, which may be ten minutes
 * (an asynchronous transaction's longest) before it is committed and can be seen; the rest is for clocks that differ.
 */
const OVERLAP = 15 * 60_000;

/** From when on a run asks for changes: the runs' windows overlap. */
export const askedFrom = (watermark: Date): string => new Date(watermark.getTime() - OVERLAP).toISOString();

/**
 * Up to when a run has seen changes. Those made while it went on are newer than its start: the next run asks for them.
 *
 * @param newest SystemModstamp of what it was answered
 */
export function seenUntil(newest: string | null, startedAt: Date): string {
  const started = startedAt.toISOString();
  return newest !== null && newest < started ? newest : started;
}
