import type { Knex } from 'knex';
import type { SecretBox } from './secret-box.ts';

/** A value that is sealed, and what for. */
export interface SealedValue {
  readonly sealed: string;
  readonly purpose: string;
}

/** A kind of secret that the database holds sealed. */
export interface SealedKind {
  /** In the plural, for whoever runs the server. */
  readonly what: string;
  /** One value for each encryption key that has sealed some, or all of them where there are few. */
  samples(knex: Knex): Promise<readonly SealedValue[]>;
  /** One that does not open is done without, as long as another one does. */
  readonly isReplaceable: boolean;
}

/** One row for each encryption key that has sealed values of a column: the sealed text names its key. */
export function oneOfEachKey(column: 'sealed_secret' | 'sealed_credentials'): string {
  return `DISTINCT ON (split_part(${column}, '.', 2)) ${column} AS sealed`;
}

/** Values that do not open. */
export interface ShutKind {
  readonly kind: SealedKind;
  /** Ids of the encryption keys that sealed them. */
  readonly keys: readonly string[];
  /** The kind is of no use any more, or has lost something for good. */
  readonly isFatal: boolean;
}

/** Tries to open some of everything that is sealed; answers what does not open. */
export async function findShut(
  knex: Knex,
  box: SecretBox,
  kinds: readonly SealedKind[],
): Promise<readonly ShutKind[]> {
  const found = await Promise.all(
    kinds.map(async (kind): Promise<ShutKind> => {
      const samples = await kind.samples(knex);
      const shut = samples.filter(({ sealed, purpose }) => !box.opens(sealed, purpose));
      const keys = [...new Set(shut.map(({ sealed }) => sealed.split('.')[1] ?? ''))];
      return { kind, keys, isFatal: !kind.isReplaceable || shut.length === samples.length };
    }),
  );
  return found.filter(({ keys }) => keys.length > 0);
}
