/** Microseconds of this process's processor time that some work takes. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** How many times as much of it there is. */
export const MORE = 8;

/**
 * How many times as much work costs when there is eight times as much of it: eight where it grows as its input does, sixty-four
 * where it grows as the square. The least of several tries counts, since a busy machine only adds.
 */
export function growth(size: number, workOf: (size: number) => () => void): number {
  const least = (work: () => void): number => Math.min(...Array.from({ length: 5 }, () => cost(work)));
  const once = least(workOf(size));
  return least(workOf(MORE * size)) / Math.max(once, 1);
}
