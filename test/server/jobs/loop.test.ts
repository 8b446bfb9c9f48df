import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Loop } from '../../../server/src/jobs/loop.ts';

const logger = pino({ level: 'silent' });

describe('a loop', () => {
  it('is turned by hand, a piece of work at a time, by a caller who is told how it went', async () => {
    const done: string[] = [];
    const waiting = ['one', 'two'];
    const loop = new Loop(
      'by-hand',
      () => {
        const next = waiting.shift();
        if (next === undefined) return Promise.reject(new Error('There is nothing left.'));
        done.push(next);
        return Promise.resolve(waiting.length > 0);
      },
      1000,
      logger,
    );
    expect(await loop.turn()).toBe(true);
    expect(done).toEqual(['one']);
    expect(await loop.turn()).toBe(false);
    await expect(loop.turn()).rejects.toThrow('There is nothing left.');
    expect(done).toEqual(['one', 'two']);
  });

  it('is not turned by hand while it turns by itself', async () => {
    const loop = new Loop('by-itself', () => Promise.resolve(false), 1000, logger);
    loop.start();
    await expect(loop.turn()).rejects.toThrow('The loop by-itself takes its turns by itself.');
    await loop.stop();
  });
});
