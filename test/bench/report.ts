/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Does work at most so many at a time, in order. */
export async function inFlight<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<number>,
): Promise<number[]> {
  const results: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results.push(await work(item));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

export type Table = readonly Readonly<Record<string, string | number>>[];

/** Prints a table as Markdown. */
export function print(title: string, table: Table): void {
  const [first] = table;
  if (!first) return;
  const names = Object.keys(first);
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  console.log(`\n### ${title}\n`);
  console.log(line(names));
  console.log(line(names.map(() => '---')));
  for (const row of table) console.log(line(names.map((name) => row[name] ?? '')));
}

export const rounded = (number: number, digits = 0): string => number.toFixed(digits);
