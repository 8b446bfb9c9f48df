import type { Session } from '../database/session.ts';
import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import type { BuiltField, BuiltTable } from '../projects/tables.ts';
import { TEXT_TYPES } from '../values/field-types.ts';

/** Columns of a contacts table by which people are called, in the order in which they are written. */
export interface NameColumns {
  readonly whole: string | null;
  readonly first: string | null;
  readonly last: string | null;
}

/** A column of a table, and the field of Salesforce that fills it, in small letters. */
export interface FilledColumn {
  readonly tableId: string;
  readonly field: string;
  readonly column: string;
}

/** Fields of Salesforce that fill them, whatever the columns are called. */
const FIELDS = { whole: 'name', first: 'firstname', last: 'lastname' } as const;
/** What they are called where nothing fills them from Salesforce: letters alone. */
const USUAL = {
  whole: ['name', 'fullname', 'nomcomplet'],
  first: ['firstname', 'givenname', 'prenom'],
  last: ['lastname', 'surname', 'familyname', 'nom', 'nomdefamille'],
} as const;
/** Characters of a name, and of an address, that are searched: an index takes no word of more than 2 kB. */
const SEARCHED = { name: 200, address: 320 };
/** Words that are searched for; those after them narrow nothing. */
const MAX_WORDS = 8;

/** Letters with marks of the Latin alphabets, and those without them that people type instead. */
const MARKED = Array.from({ length: 0x0180 - 0x00c0 }, (_, index) => String.fromCodePoint(0x00c0 + index))
  .map((letter) => ({ letter, plain: withoutMarks(letter) }))
  .filter(({ letter, plain }) => plain !== letter && /^[a-z]$/i.test(plain));
/** What parts words of names. */
const BETWEEN = "-'’.,";
const BETWEEN_WORDS = new RegExp(`[${BETWEEN}]`, 'u');

function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}

/** A text as names are compared: in small letters without marks. */
export const plainText = (text: string): string => withoutMarks(text).toLowerCase();

/** Which columns of some tables Salesforce fills, by whichever transfer. */
export function filledColumns(session: Session, tableIds: readonly string[]): Promise<FilledColumn[]> {
  return session.query<FilledColumn>(
    `SELECT x.table_id AS "tableId", lower(e.entry->>'salesforceField') AS field, e.entry->>'column' AS "column"
     FROM di.transfer x CROSS JOIN LATERAL jsonb_array_elements(x.mapping) AS e (entry)
     WHERE x.table_id = ANY($1::uuid[]) ORDER BY x.created_at, x.id`,
    [tableIds],
  );
}

/** Which columns of a table hold names: those that Salesforce fills with them, else those that are called so. */
export function nameColumns(
  table: Pick<BuiltTable, 'id' | 'fields'>,
  filled: readonly FilledColumn[],
): NameColumns {
  const texts = table.fields.filter(({ type, isArchived }) => TEXT_TYPES.has(type) && isArchived !== true);
  const of = (part: keyof NameColumns): string | null => {
    const mapped = filled.filter(({ tableId, field }) => tableId === table.id && field === FIELDS[part]);
    const usual = (field: BuiltField): boolean =>
      USUAL[part].some((name) => name === plainText(field.name).replaceAll('_', ''));
    const found = texts.find(({ name }) => mapped.some(({ column }) => column === name));
    return (found ?? texts.find(usual))?.name ?? null;
  };
  return { whole: of('whole'), first: of('first'), last: of('last') };
}

/** Those of the columns that there are, each once. */
export function writtenNames({ whole, first, last }: NameColumns): string[] {
  return [...new Set([whole, first, last])].filter((name) => name !== null);
}

/** What somebody is called by a row's values; null where it says nothing. */
export function nameIn(columns: NameColumns, row: Readonly<Record<string, unknown>>): string | null {
  const textIn = (column: string | null): string => {
    const value = column === null ? null : row[column];
    return typeof value === 'string' ? value.trim() : '';
  };
  const parts = [textIn(columns.first), textIn(columns.last)].filter((part) => part !== '').join(' ');
  const name = textIn(columns.whole) || parts;
  return name === '' ? null : name;
}

/** Columns of a table that hold addresses, without those of archived fields. */
export function addressColumns({ fields }: Pick<BuiltTable, 'fields'>): string[] {
  return fields
    .filter(({ type, isArchived }) => type === 'email' && isArchived !== true)
    .map(({ name }) => name);
}

/**
 * In SQL, the words of a row by which a person is found, as a `tsvector`: of names each word in small letters without marks,
 * of addresses the whole of each. Null where a table has neither.
 *
 * @param row the name of the row in the statement; none where an index is made
 */
export function searchedWords(
  table: Pick<BuiltTable, 'fields'>,
  names: NameColumns,
  row: string | null,
): string | null {
  const column = (name: string): string =>
    row === null ? quoteIdentifier(name) : `${row}.${quoteIdentifier(name)}`;
  const parts = [
    ...writtenNames(names).map((name) => cut(plainWords(column(name)), SEARCHED.name)),
    ...addressColumns(table).map((name) => cut(`lower(${column(name)})`, SEARCHED.address)),
  ];
  if (parts.length === 0) return null;
  return `array_to_tsvector(array_remove(string_to_array(${parts.join(` || ' ' || `)}, ' '), ''))`;
}

const cut = (value: string, length: number): string => `left(coalesce(${value}, ''), ${String(length)})`;

/** A text without marks, its words parted by spaces. Nearly all are of ASCII, and pay for no search among the marked letters. */
function plainWords(value: string): string {
  const marked = MARKED.map(({ letter }) => letter).join('');
  const plain = MARKED.map(({ plain: letter }) => letter).join('');
  const letters = `CASE WHEN octet_length(${value}) = char_length(${value}) THEN ${value}
    ELSE translate(${value}, ${quoteLiteral(marked)}, ${quoteLiteral(plain)}) END`;
  return `lower(translate(${letters}, ${quoteLiteral(BETWEEN)}, ${quoteLiteral(' '.repeat(BETWEEN.length))}))`;
}

/**
 * What somebody types as a `tsquery`: each word begins one of a row. `ann.smith` begins an address, or is two words of a name.
 * Null where nothing is typed.
 */
export function searchQuery(text: string): string | null {
  const words = text.split(/\s+/).slice(0, MAX_WORDS).map(wordQuery);
  return words.filter((word) => word !== '').join(' & ') || null;
}

/** An address as a `tsquery` of what begins with it. */
export const addressQuery = (address: string): string => beginsWith(address.toLowerCase());

function wordQuery(word: string): string {
  const lower = word.toLowerCase();
  if (word.includes('@')) return beginsWith(lower);
  const parts = plainText(word)
    .split(BETWEEN_WORDS)
    .filter((part) => part !== '');
  if (parts.length === 0) return '';
  const name = parts.map(beginsWith).join(' & ');
  return parts[0] === lower ? name : `(${name} | ${beginsWith(lower)})`;
}

const beginsWith = (word: string): string => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`;
