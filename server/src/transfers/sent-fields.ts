import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { conflict } from '../http/problem.ts';
import { fieldsOf, type MappingEntry } from '../projects/mapping-schema.ts';

/** Keeps which fields the plugin sends with a transfer, so that a mapping which loses one is known to refuse its batches. */
export async function noteSentFields(
  knex: Knex,
  transferId: string,
  fields: readonly string[],
): Promise<void> {
  await knex.raw(
    `UPDATE di.transfer SET sent_fields = :fields WHERE id = :id AND sent_fields IS DISTINCT FROM CAST(:fields AS text[])`,
    { id: transferId, fields: [...fields] },
  );
}

/** Throws a 409 problem where the plugin sends a field that the mapping loses: every batch would be refused from then on. */
export function keepSentFields(
  { sentFields, mapping: before }: { sentFields: readonly string[]; mapping: readonly MappingEntry[] },
  mapping: readonly MappingEntry[],
): void {
  const names = (entries: readonly MappingEntry[]): Set<string> =>
    new Set(entries.flatMap(fieldsOf).map((name) => name.toLowerCase()));
  const [mapped, kept] = [names(before), names(mapping)];
  const lost = sentFields.filter((name) => mapped.has(name.toLowerCase()) && !kept.has(name.toLowerCase()));
  if (lost.length > 0)
    throw conflict('fields-still-sent', say('transfers.fields-still-sent', { fields: lost.join(', ') }), {
      fields: lost,
    });
}
