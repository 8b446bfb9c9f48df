import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { credentialSchema } from './caller.ts';

/** Of JSON, or of the rows of a CSV file; null where only the status counts. */
export const answerSchema = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()), z.null()]);

/** A call and what it was answered: asked again, a later version answers the same. */
const keptCallSchema = z.strictObject({
  caller: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  status: z.int(),
  /** What a later version answers beside it is no difference. */
  answer: answerSchema,
});
export type KeptCall = z.output<typeof keptCallSchema>;

const fingerprintSchema = z.strictObject({
  rows: z.int(),
  /** Columns that tell the rows apart; none where the table has no primary key. */
  key: z.array(z.string()),
  /** A digest of each column's values, each beside its row's key. */
  columns: z.record(z.string(), z.string()),
});
export type Fingerprint = z.output<typeof fingerprintSchema>;

const manifestSchema = z.strictObject({
  /** The last migration of the version that made the snapshot. */
  version: z.string(),
  madeAt: z.iso.datetime(),
  adminToken: z.string(),
  encryptionKeys: z.string(),
  /** Who called, and with what. */
  callers: z.record(z.string(), credentialSchema),
  /** Writes that are known by a key: sent again, they change nothing. */
  writes: z.array(keptCallSchema),
  /** What was shown at the end. */
  reads: z.array(keptCallSchema),
  /** Ids and other things by the names that tests know them by. */
  named: z.record(z.string(), z.string()),
  tables: z.record(z.string(), fingerprintSchema),
});
export type Manifest = z.output<typeof manifestSchema>;

export function readManifest(file: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
