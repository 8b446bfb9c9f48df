import { contactId, moment } from '../test-server.ts';

type Type =
  'text' | 'email' | 'integer' | 'multipicklist' | 'decimal' | 'timestamp' | 'boolean' | 'json' | 'date';

interface Column {
  readonly name: string;
  readonly type: Type;
  readonly unique?: boolean;
  readonly required?: boolean;
  readonly default?: string;
}

/** What is of a kind of its own stands behind the key; everything else is text. */
const BEHIND_KEY: readonly Omit<Column, 'name'>[] = [
  { type: 'text', unique: true },
  { type: 'email' },
  { type: 'multipicklist' },
  { type: 'decimal' },
  { type: 'timestamp' },
  { type: 'boolean' },
  { type: 'json' },
  { type: 'date' },
  { type: 'text', required: true, default: 'of the table' },
];

/** Which person a row is of, what its key was made of, and which of its versions it is. */
export interface Who {
  readonly person: number;
  readonly key?: number;
  readonly version?: number;
}

/**
 * A contacts table whose columns may be called anything: a column is known by its place. The first ones are the primary
 * key, an address the very first.
 */
export class NamedTable {
  readonly columns: readonly Column[];
  readonly keys: number;

  constructor(names: readonly string[], keys: number) {
    this.keys = keys;
    this.columns = names.map((name, place) => ({ name, ...kindAt(place, keys) }));
  }

  get names(): readonly string[] {
    return this.columns.map(({ name }) => name);
  }

  get primaryKey(): readonly string[] {
    return this.names.slice(0, this.keys);
  }

  get address(): string {
    return this.nameAt(0);
  }

  /** The text columns behind those of a kind of their own. */
  get texts(): readonly string[] {
    return this.names.slice(this.keys + BEHIND_KEY.length);
  }

  nameAt(place: number): string {
    const name = this.columns[place]?.name;
    if (name === undefined) throw new Error(`The table has no column ${place}.`);
    return name;
  }

  /** A whole row. */
  row(who: Who): Record<string, unknown> {
    return Object.fromEntries(this.columns.map(({ name }, place) => [name, this.#value(place, who)]));
  }

  key(key: number): Record<string, unknown> {
    const row = this.row({ person: key });
    return Object.fromEntries(this.primaryKey.map((name) => [name, row[name]]));
  }

  /** A row with a part of its columns beside those of the key. */
  part(who: Who, places: readonly number[]): Record<string, unknown> {
    const row = this.row(who);
    const names = [...this.primaryKey, ...places.map((place) => this.nameAt(place))];
    return Object.fromEntries(names.map((name) => [name, row[name]]));
  }

  /** Salesforce's fields of the columns: their names are not ours. */
  get fields(): readonly string[] {
    return this.columns.map((_column, place) => (place === 0 ? 'Email' : `F${place}__c`));
  }

  /** That says false where a person has opted out: later versions of a record do. */
  get optOutField(): string {
    const place = this.columns.findIndex(({ type }) => type === 'boolean');
    return this.fields[place] ?? '';
  }

  record(who: Who, at: number): readonly unknown[] {
    const values = this.columns.map((_column, place) => this.#value(place, who));
    return [contactId(who.person), moment(at), ...values];
  }

  /** A row as it was answered, by place. */
  byPlace(row: Readonly<Record<string, unknown>> | null | undefined): readonly unknown[] {
    if (row === null || row === undefined) return ['no row'];
    return [...this.names.map((name) => own(row, name)), row._salesforce_id, row._archived_at !== null];
  }

  /** What was answered of some columns, by place; one that is not there is told too. */
  somePlaces(row: Readonly<Record<string, unknown>> | null | undefined): Readonly<Record<string, unknown>> {
    if (row === null || row === undefined) return {};
    const known = this.names.flatMap((name, place) =>
      Object.hasOwn(row, name) ? [[String(place), row[name]] as const] : [],
    );
    return { ...Object.fromEntries(known), unknown: Object.keys(row).length - known.length };
  }

  /** Where the column stands that an answer names. */
  placeOf(name: unknown): number {
    return this.names.findIndex((each) => each === name);
  }

  #value(place: number, { person, key = person, version = 0 }: Who): unknown {
    if (place < this.keys) return keyValue(kindAt(place, this.keys).type, place, key);
    switch (kindAt(place, this.keys).type) {
      case 'email':
        return `second${person}@example.com`;
      case 'multipicklist':
        return version === 0 ? 'red;blue' : 'green';
      case 'decimal':
        return `${person}.5`;
      case 'timestamp':
        return moment(person);
      case 'boolean':
        return version === 0;
      case 'json':
        return { version };
      case 'date':
        return '2026-11-20';
      default:
        return `${place} of ${person}, ${version}`;
    }
  }
}

function kindAt(place: number, keys: number): Omit<Column, 'name'> {
  if (place === 0) return { type: 'email' };
  if (place < keys) return { type: place === 1 ? 'integer' : 'text' };
  return BEHIND_KEY[place - keys] ?? { type: 'text' };
}

function keyValue(type: Type, place: number, key: number): unknown {
  if (type === 'email') return `p${key}@example.com`;
  return type === 'integer' ? key : `k${place}-${key}`;
}

function own(row: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : 'no such column';
}
