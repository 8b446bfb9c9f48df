import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import type { Knex } from 'knex';
import { z } from 'zod';

/** Rejected rows that are looked at: a file of the wrong kind has millions, and its first ones say why. */
const LOOKED_AT = 1000;
const SHOWN = 10;

export const reasonSchema = z.object({
  code: z.string(),
  column: z.string().nullable(),
  message: z.string().meta({ description: 'Of the first such row' }),
  sentence: sentenceAnswer,
  line: z.int().meta({ description: 'Of the file, where it was met first' }),
  rows: z.int().min(1),
});

/** Why rows of an import were rejected, the most frequent reason first, as the first thousand of them tell. */
export async function rejectionReasons(
  knex: Knex,
  importId: string,
): Promise<z.input<typeof reasonSchema>[]> {
  const { rows } = await knex.raw<{ rows: Omit<z.input<typeof reasonSchema>, 'sentence'>[] }>(
    `SELECT code, column_name AS column, (array_agg(message ORDER BY line))[1] AS message, min(line)::int AS line,
       count(*)::int AS rows
     FROM (
       SELECT code, column_name, coalesce(message, code) AS message, line FROM di.import_result
       WHERE import_id = :importId AND code IS NOT NULL ORDER BY line LIMIT :lookedAt
     ) r
     GROUP BY code, column_name
     ORDER BY count(*) DESC, min(line)
     LIMIT :shown`,
    { importId, lookedAt: LOOKED_AT, shown: SHOWN },
  );
  return rows.map((row) => ({ ...row, ...worded(row.message) }));
}
