import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

export type SecretName = 'ADMIN_TOKEN' | 'ENCRYPTION_KEYS';

/** What is wrong with a secret that lies in a file of the data folder. */
export class UnusableSecret extends Error {}

const BYTES = 32;
/** What a whole secret looks like: a token may have been written into its file by hand. */
const WHOLE = { ADMIN_TOKEN: /^[\x21-\x7e]{32,}$/, ENCRYPTION_KEYS: /^[\w-]{43}$/ };

/**
 * The secret of a server on the embedded database: made at its first start, and kept in a file of the data folder. A lost
 * encryption key is not made again: what the old one has sealed would stay shut, and nobody would know why.
 *
 * @throws UnusableSecret
 */
export function localSecret(folder: string, name: SecretName): string {
  const file = path.join(folder, `${name.toLowerCase()}.secret`);
  if (!existsSync(file)) {
    if (name === 'ENCRYPTION_KEYS' && existsSync(path.join(folder, 'postgres')))
      throw new UnusableSecret(
        `${name}: ${file} is missing, and the database beside it is sealed with the key that was in it. Put the file back from a backup, or set ${name} to the key. To begin from nothing, remove ${folder}.`,
      );
    keep(folder, file, randomBytes(BYTES).toString('base64url'));
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (WHOLE[name].test(secret)) return secret;
  const what = secret === '' ? 'is empty' : 'does not hold a whole secret';
  const instead = name === 'ADMIN_TOKEN' ? ' Or remove the file: a new token is made then.' : '';
  throw new UnusableSecret(
    `${name}: ${file} ${what}. Put the file back from a backup, or set ${name}.${instead}`,
  );
}

/** Written whole or not at all: a file that a crash has cut is no secret. Of two that start at once, one's is kept. */
function keep(folder: string, file: string, secret: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, secret);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
