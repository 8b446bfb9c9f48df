import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
/** What PostgreSQL itself takes; a password of 256 random bits needs no more. */
const ITERATIONS = 4096;
const LENGTH = 32;
const SALT = 16;

/**
 * What PostgreSQL keeps of a password (RFC 5803), made here: a statement that gives a role its password stands in the
 * database's log where it fails, or where every statement is logged, and this opens nothing.
 *
 * @param password of ASCII, which needs no SASLprep
 */
export async function scramVerifier(password: string): Promise<string> {
  const salt = randomBytes(SALT);
  const salted = await derive(password, salt, ITERATIONS, LENGTH, 'sha256');
  const keyOf = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  const serverKey = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
