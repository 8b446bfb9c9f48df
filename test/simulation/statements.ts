import pg from 'pg';

/**
 * What becomes of this process's statements before a database gets them. CURRENT_TIMESTAMP is syntax, and asks no function:
 * those that say so ask now() instead.
 */
export class Statements {
  readonly #plain: (this: unknown, ...parameters: unknown[]) => unknown;
  readonly #names = new Map<string, string>();
  #arePrepared = false;

  constructor() {
    const plain: unknown = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query')?.value;
    if (typeof plain !== 'function') throw new Error('The client of PostgreSQL has no method query.');
    this.#plain = function (...parameters): unknown {
      return Reflect.apply(plain, this, parameters);
    };
    const rewritten = (parameters: readonly unknown[]): unknown[] => this.#rewritten(parameters);
    replaceQuery(function (this: unknown, ...parameters): unknown {
      return Reflect.apply(plain, this, rewritten(parameters));
    });
  }

  /**
   * From now on a session plans each statement once: planning takes most of the time of those that have little to do. Tables
   * must be as they will stay.
   */
  prepare(): void {
    this.#arePrepared = true;
  }

  restore(): void {
    replaceQuery(this.#plain);
  }

  #rewritten([statement, ...more]: readonly unknown[]): unknown[] {
    if (typeof statement === 'string') {
      const [values, ...others] = more;
      const text = rephrased(statement);
      return this.#arePrepared && Array.isArray(values) && values.length > 0
        ? [{ text, values, name: this.#nameOf(text) }, ...others]
        : [text, ...more];
    }
    if (!isStatement(statement)) return [statement, ...more];
    const text = rephrased(statement.text);
    const isNamed = typeof statement.name === 'string' || statement.values?.length === 0;
    if (!this.#arePrepared || isNamed || statement.values === undefined)
      return [{ ...statement, text }, ...more];
    return [{ ...statement, text, name: this.#nameOf(text) }, ...more];
  }

  #nameOf(text: string): string {
    const name = this.#names.get(text) ?? `simulated_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}

interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: unknown;
}

/** What reads a result by itself, a cursor, has its own ways. */
const isStatement = (statement: unknown): statement is Statement =>
  typeof statement === 'object' &&
  statement !== null &&
  'text' in statement &&
  typeof statement.text === 'string' &&
  !('submit' in statement);

const rephrased = (text: string): string => text.replaceAll('CURRENT_TIMESTAMP', 'now()');

function replaceQuery(query: (this: unknown, ...parameters: unknown[]) => unknown): void {
  Object.defineProperty(pg.Client.prototype, 'query', { value: query, writable: true, configurable: true });
}
