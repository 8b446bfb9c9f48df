import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Counts of a report as jest writes it. A file that did not even load counts as one failure. */
export function countsOfReport(file: string): Counts {
  const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

/** Counts of the last line `N passed, N failed` of an output. */
export function countsOfClosingLine(log: string): Counts {
  const found = [...readFileSync(log, 'utf8').matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  if (!found) throw new Error('There is no closing line.');
  return { passed: Number(found[1]), failed: Number(found[2]) };
}
