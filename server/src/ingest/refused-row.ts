import { sqlState } from '../database/sql-state.ts';
import type { BuiltField } from '../projects/tables.ts';

/** Why the database did not take a row. */
export interface RefusedRow {
  /** Stable: what a program may depend on. */
  readonly code: string;
  /** The field whose value it is; null where the database has not said, or it is the row as a whole. */
  readonly field: BuiltField | null;
  readonly message: string;
}

const TOO_LONG =
  'The record is longer than a row of the database, which takes some 8,000 bytes, and 18 of each text that is kept beside it: fill fewer of its fields, or keep some of them in another table or together in one json field.';
const INVALID_CHARACTER =
  'A text of this record holds a character that the database cannot store: take it out.';

/** What the database means, by SQLSTATE. Values are checked before they are sent: most of it is never met. */
const REASONS: Readonly<Record<string, Omit<RefusedRow, 'field'>>> = {
  '54000': { code: 'too-long', message: TOO_LONG },
  '54001': {
    code: 'too-deep',
    message: 'A json value of this record has more levels than the database takes.',
  },
  '22001': {
    code: 'too-long',
    message: 'A text of this record is longer than its column takes: shorten it.',
  },
  '22003': { code: 'out-of-range', message: 'A number of this record is out of its column’s range.' },
  '22007': { code: 'not-a-date', message: 'A date of this record is none that the database takes.' },
  '22008': { code: 'not-a-date', message: 'A date of this record is out of the database’s range.' },
  '22021': { code: 'invalid-character', message: INVALID_CHARACTER },
  '22P05': { code: 'invalid-character', message: INVALID_CHARACTER },
  '22P02': { code: 'wrong-type', message: 'A value of this record is not of its column’s type.' },
  '22P03': { code: 'wrong-type', message: 'A value of this record is not of its column’s type.' },
};

const UNKNOWN = {
  code: 'not-stored',
  message: 'The database did not take a value of this record, by a rule that was made there.',
};

/** Reads an error that one row has caused (isRefusedRow). */
export function refusedRow(fields: readonly BuiltField[], error: unknown): RefusedRow {
  const state = sqlState(error) ?? '';
  if (state === '23505' || state === '54000') {
    // The index of a unique field, or of a reference, is named by the field's id.
    const index = detailOf(error, 'constraint');
    const field = fields.find(({ id }) => index === `unique_${id}` || index === `reference_${id}`) ?? null;
    if (state === '23505') return notUnique(field);
    if (index !== '') return tooLongToFind(field);
  }
  if (state === '23502') return required(fields, detailOf(error, 'column'));
  return { ...(REASONS[state] ?? UNKNOWN), field: null };
}

/** What PostgreSQL says beside its message; empty where it says nothing. */
function detailOf(error: unknown, name: 'constraint' | 'column'): string {
  const said = error instanceof Error && name in error ? Object.entries(error) : [];
  const value: unknown = said.find(([each]) => each === name)?.[1];
  return typeof value === 'string' ? value : '';
}

function notUnique(field: BuiltField | null): RefusedRow {
  const message = `Another row has this record’s ${field?.name ?? 'value of a unique field'}.`;
  return { code: 'not-unique', field, message };
}

function tooLongToFind(field: BuiltField | null): RefusedRow {
  const what = field?.name ?? 'A value that rows are found by';
  return {
    code: 'too-long',
    field,
    message: `${what} is longer than an index of the database takes: shorten it.`,
  };
}

function required(fields: readonly BuiltField[], column: string): RefusedRow {
  const field = fields.find(({ name }) => name === column) ?? null;
  return { code: 'required', field, message: `${field?.name ?? 'A column of the table'} is required.` };
}
