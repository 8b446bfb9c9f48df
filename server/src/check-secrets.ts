import type { Logger } from 'pino';
import { sealedChannelSecrets } from './operations/channels.ts';
import { findShut, type SealedKind, type ShutKind } from './access/sealed-kinds.ts';
import { SecretBox } from './access/secret-box.ts';
import { sealedSigningKeys } from './access/signing-keys.ts';
import type { Config } from './config.ts';
import { sealedCredentials } from './connections/credentials.ts';
import { sealedConsentKeys } from './consent/consent-keys.ts';
import type { Database } from './database/open-database.ts';
import { StartRefused } from './process/start-refused.ts';

const KINDS: readonly SealedKind[] = [
  sealedSigningKeys,
  sealedConsentKeys,
  sealedCredentials,
  sealedChannelSecrets,
];

/**
 * Sees to it that the encryption keys are those that the database was sealed with, before anybody depends on it.
 *
 * @throws StartRefused
 */
export async function checkSecrets(
  { encryptionKeys }: Pick<Config, 'encryptionKeys'>,
  { knex }: Pick<Database, 'knex'>,
  logger: Logger,
): Promise<void> {
  const shut = await findShut(knex, new SecretBox(encryptionKeys), KINDS);
  const known = new Set(encryptionKeys.map(({ id }) => id));
  const fatal = shut.filter(({ isFatal }) => isFatal);
  if (fatal.length > 0)
    throw new StartRefused(
      `ENCRYPTION_KEYS does not open what the database holds:\n${fatal.map((each) => `  ${described(each, known)}`).join('\n')}\nPut the key back that sealed it, at the end of the list where a newer one is to seal. Where it is lost for good, docs/operator-guide.md says what is lost with it, and how to go on.`,
    );
  for (const each of shut) logger.warn({ reason: described(each, known) }, 'some secrets are done without');
}

function described({ kind, keys }: ShutKind, known: ReadonlySet<string>): string {
  const sealers = keys.map((id) =>
    known.has(id) ? `${id}, which is another key now` : `${id}, which is not among ENCRYPTION_KEYS`,
  );
  return `${kind.what} sealed with ${sealers.join('; ')}`;
}
