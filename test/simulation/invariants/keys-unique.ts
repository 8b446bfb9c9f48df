import type { History } from '../history.ts';

/** One row for a key and one record for a row: nobody stands double. */
export async function keysUnique(history: History): Promise<string[]> {
  const rows = await history.rows();
  const complaints: string[] = [];
  for (const column of ['email', '_salesforce_id'] as const) {
    const seen = new Set<unknown>();
    for (const { [column]: value } of rows) {
      if (value !== null && seen.has(value))
        complaints.push(`Two rows have the ${column} ${JSON.stringify(value)}.`);
      seen.add(value);
    }
  }
  return complaints;
}
