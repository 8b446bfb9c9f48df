import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { unavailable } from '../http/problem.ts';
import { say } from '../messages/message.ts';
import { COST } from './password-cost.ts';

const LENGTH = 32;
/** Passwords that wait for their turn: ten seconds, of which whoever comes last has all. */
const MOST_WAITING = 30;
/** Seconds after which a caller may try again. */
const TRY_AGAIN = 5;

/** `scrypt$N$r$p$salt$hash`, so that the cost may rise without locking anybody out. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Compares in constant time. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [kind, n, r, p, salt = '', hash = ''] = stored.split('$');
  if (kind !== 'scrypt') return false;
  const expected = Buffer.from(hash, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), {
    N: Number(n),
    r: Number(r),
    p: Number(p),
  });
  return given.length === expected.length && timingSafeEqual(given, expected);
}

let running: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * One at a time: a burst of sign-ins must not take a gigabyte of memory, nor keep everybody waiting for as long as it lasts.
 * Throws a 503 problem where too many wait.
 */
async function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  if (waiting >= MOST_WAITING)
    throw unavailable('too-many-sign-ins', say('access.too-many-sign-ins'), TRY_AGAIN);
  waiting += 1;
  const result = running.then(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        scrypt(
          password.normalize('NFKC'),
          salt,
          LENGTH,
          { ...cost, maxmem: 256 * 1024 * 1024 },
          (error, key) => {
            if (error) reject(error);
            else resolve(key);
          },
        );
      }),
  );
  running = result.catch(() => undefined);
  try {
    return await result;
  } finally {
    waiting -= 1;
  }
}
