import type { Knex } from 'knex';
import type pg from 'pg';

/** Somebody's turn with the database, most often a transaction: the same statements serve knex and a client of pg. */
export interface Session {
  /** @param text a statement with the places $1, $2, … */
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** @param client a client of pg, or its pool, where each statement may stand alone */
export function clientSession(client: pg.ClientBase | pg.Pool): Session {
  return {
    query: async <R extends object>(text: string, values: readonly unknown[] = []) =>
      (await client.query<R>(text, [...values])).rows,
  };
}

export function knexSession(knex: Knex): Session {
  return {
    query: async <R extends object>(text: string, values: readonly unknown[] = []) => {
      const bound: unknown[] = [];
      // knex takes places in their order and without numbers, and every question mark for one.
      const statement = text.replaceAll('?', '\\?').replace(/\$(\d+)/g, (_place, number: string) => {
        bound.push(values[Number(number) - 1]);
        return '?';
      });
      const found = await knex.raw<{ rows: R[] }>(statement, bound as Knex.RawBinding[]);
      return found.rows;
    },
  };
}
