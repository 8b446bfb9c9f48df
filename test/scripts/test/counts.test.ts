import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsOfClosingLine, countsOfReport } from '../../../scripts/test/counts.ts';

describe('what a test run counts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'di-connect-counts-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function written(content: string): string {
    const file = path.join(folder, 'written');
    writeFileSync(file, content);
    return file;
  }

  it('takes a file that did not even load for a failed test', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      testResults: [
        { status: 'passed', assertionResults: [{}, {}, {}, {}, {}] },
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(countsOfReport(written(JSON.stringify(report)))).toEqual({ passed: 5, failed: 2 });
  });

  it('reads the last closing line, and refuses an output without one', () => {
    const output = 'the inner one says:\n1 passed, 1 failed\nand the outer one\n\n166 passed, 0 failed\n';
    expect(countsOfClosingLine(written(output))).toEqual({ passed: 166, failed: 0 });
    expect(() => countsOfClosingLine(written('it broke: 3 passed, 0 failed tests'))).toThrow(
      'no closing line',
    );
  });
});
