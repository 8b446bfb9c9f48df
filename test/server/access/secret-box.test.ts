import { describe, expect, it } from 'vitest';
import { COST } from '../../../server/src/access/password-cost.ts';
import { hashPassword, isPassword } from '../../../server/src/access/passwords.ts';
import { SecretBox } from '../../../server/src/access/secret-box.ts';

const key = (id: string, byte: number) => ({ id, secret: Buffer.alloc(32, byte) });

describe('a sealed secret', () => {
  const box = new SecretBox([key('k1', 1)]);

  it('opens for what it was sealed for, and looks different each time', () => {
    const sealed = box.seal('päss', 'connection:1');
    expect(box.open(sealed, 'connection:1')).toBe('päss');
    expect(sealed).not.toContain('päss');
    expect(box.seal('päss', 'connection:1')).not.toBe(sealed);
  });

  it('does not open for something else, nor when it was changed', () => {
    const sealed = box.seal('secret', 'connection:1');
    expect(() => box.open(sealed, 'connection:2')).toThrow();
    const parts = sealed.split('.');
    const last = Buffer.from(parts.at(-1) ?? '', 'base64url');
    last[0] = (last[0] ?? 0) ^ 1;
    expect(() =>
      box.open([...parts.slice(0, -1), last.toString('base64url')].join('.'), 'connection:1'),
    ).toThrow();
    expect(() => box.open('nonsense', 'connection:1')).toThrow('no known form');
  });

  it('opens after a new key has come first, and tells that it is outdated', () => {
    const sealed = box.seal('secret', 'p');
    const rotated = new SecretBox([key('k2', 2), key('k1', 1)]);
    expect(rotated.open(sealed, 'p')).toBe('secret');
    expect(rotated.isOutdated(sealed)).toBe(true);
    expect(rotated.isOutdated(rotated.seal('secret', 'p'))).toBe(false);
    expect(() => new SecretBox([key('k2', 2)]).open(sealed, 'p')).toThrow('k1 is not among ENCRYPTION_KEYS');
  });
});

describe('a password', () => {
  it('is known by its hash, which looks different each time, in whatever form of Unicode it is typed', async () => {
    const [one, other] = await Promise.all([
      hashPassword('pâsswörd of some'),
      hashPassword('pâsswörd of some'),
    ]);
    expect(one).not.toBe(other);
    expect(await isPassword('pâsswörd of some'.normalize('NFD'), one)).toBe(true);
    expect(await isPassword('pâsswörd of somE', one)).toBe(false);
    expect(await isPassword('', 'plain')).toBe(false);
  });

  it('costs what OWASP asks for, and is known by a hash of any cost', async () => {
    expect(COST).toEqual({ N: 131_072, r: 8, p: 1 });
    const made = 'scrypt$131072$8$1$AQEBAQEBAQEBAQEBAQEBAQ$BhNhsGLEdZ9wzvyVCdw9O1J_qjaswjAinOuGguABWVM';
    expect(await isPassword('correct horse', made)).toBe(true);
  });
});
