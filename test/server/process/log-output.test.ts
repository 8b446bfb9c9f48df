import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logOutput } from '../../../server/src/process/log-output.ts';

describe('the log', () => {
  it('is written line by line, at once', () => {
    const file = path.join(tmpdir(), `di-connect-log-${process.pid}`);
    const fd = openSync(file, 'w');
    const logger = pino({}, logOutput(fd));
    logger.info('Größe');
    logger.fatal('second');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    closeSync(fd);
    rmSync(file);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['Größe', 'second']);
  });

  it.runIf(process.platform === 'linux')('costs lines and nothing else where the disk is full', () => {
    const fd = openSync('/dev/full', 'w');
    const logger = pino({}, logOutput(fd));
    logger.info('lost');
    logger.fatal('lost too');
    closeSync(fd);
    logger.fatal('whoever read it has gone');
  });
});
