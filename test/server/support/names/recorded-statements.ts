import pg from 'pg';
import { vi } from 'vitest';

/** Notes what this process asks PostgreSQL, until it is stopped. */
export class RecordedStatements {
  readonly #spy = vi.spyOn(pg.Client.prototype, 'query');

  /** Ends the noting; answers the text of each statement. */
  stop(): readonly string[] {
    const texts = this.#spy.mock.calls.map(([asked]: readonly unknown[]) => textOf(asked));
    this.#spy.mockRestore();
    return [...new Set(texts)];
  }
}

function textOf(asked: unknown): string {
  if (typeof asked === 'string') return asked;
  const isQuery = typeof asked === 'object' && asked !== null && 'text' in asked;
  return isQuery && typeof asked.text === 'string' ? asked.text : '';
}

/** Statements in which names of a project and our own meet: they name its schema, are made for a table, or for any. */
export function inUsersScope(statements: readonly string[]): readonly string[] {
  return statements.filter((statement) => /"p_|RETURNS trigger|%\d\$I/.test(statement));
}

/** Ids and schemas, which no statement has from the code. */
const MADE_UP = /\bp_\w+|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g;

/**
 * Every word of some statements, whatever it stands for there, as PostgreSQL reads one that is not quoted; without the
 * underscore that keeps it from a column's.
 */
export function wordsOf(statements: readonly string[]): readonly string[] {
  const words = statements.flatMap((statement) => statement.replaceAll(MADE_UP, ' ').match(/\w+/g) ?? []);
  return [...new Set(words.map((word) => word.toLowerCase().replace(/^_+/, '')))];
}
