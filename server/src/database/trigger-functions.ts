import type { Knex } from 'knex';
import { quoteIdentifier, quoteLiteral, unbound } from './identifiers.ts';
import { FUNCTION_RENEWAL, lock } from './locks.ts';
import { TRIGGER_FUNCTION } from './migrations/008-capture-consent.ts';

/** What a trigger on a table of some project does: a function of its own in the control schema. */
export interface TriggerFunction {
  readonly name: string;
  /** In PL/pgSQL. */
  readonly body: string;
}

/** Makes a function, or makes it do something else: triggers that call it stay. */
export function functionSql({ name, body }: TriggerFunction): string {
  return `CREATE OR REPLACE FUNCTION ${calledFunction(name)} ${TRIGGER_FUNCTION} AS ${quoteLiteral(body)}`;
}

/** A function as a trigger calls it. */
export const calledFunction = (name: string): string => `di.${quoteIdentifier(name)}()`;

/**
 * Makes those functions do what they should that an older version of the server made: tables keep them over an upgrade. No
 * table is locked for it, and functions that nothing calls are not made. Call it in a transaction.
 */
export async function renewFunctions(transaction: Knex, wanted: readonly TriggerFunction[]): Promise<void> {
  // Copies that start together do it one after the other.
  await lock(transaction, FUNCTION_RENEWAL);
  const { rows } = await transaction.raw<{ rows: { name: string; body: string }[] }>(
    "SELECT proname AS name, prosrc AS body FROM pg_proc WHERE pronamespace = 'di'::regnamespace",
  );
  const known = new Map(rows.map(({ name, body }) => [name, body]));
  for (const made of wanted) {
    const body = known.get(made.name);
    if (body !== undefined && body !== made.body) await transaction.raw(unbound(functionSql(made)));
  }
}
