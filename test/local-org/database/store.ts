import { makeId } from '../values/ids.ts';
import type { ApexValue } from '../values/object.ts';
import type { ObjectSchema, OrgSchema } from './schema.ts';

/** A stored record: values by lower-case field name. Never changed in place: a write puts a new one. */
export type StoredRecord = ReadonlyMap<string, ApexValue>;

interface Table {
  readonly rows: Map<string, StoredRecord>;
  /** Field → value key → ids; for lookups and unique fields. */
  readonly indexes: Map<string, Map<string, Set<string>>>;
}

/** What follows an object's prefix in the ids of an org: letters of both cases, so that an id that has lost its case is nobody's. */
const INSTANCE = 'gK';

/** A point to come back to. */
export type Savepoint = number;

/** The records of one org, in memory. Every write can be taken back to a savepoint. */
export class RecordStore {
  readonly #schema: OrgSchema;
  readonly #tables = new Map<string, Table>();
  readonly #undo: (() => void)[] = [];
  readonly #numbers = new Map<string, number>();
  /** Records in the recycle bin. */
  recycled = 0;

  constructor(schema: OrgSchema) {
    this.#schema = schema;
  }

  /** The same records in a store of their own, with the numbers that come next; of what is committed. */
  copy(): RecordStore {
    const copy = new RecordStore(this.#schema);
    for (const [object, { rows }] of this.#tables)
      copy.#tables.set(object, { rows: new Map(rows), indexes: new Map() });
    for (const [sequence, number] of this.#numbers) copy.#numbers.set(sequence, number);
    copy.recycled = this.recycled;
    return copy;
  }

  savepoint(): Savepoint {
    return this.#undo.length;
  }

  rollback(to: Savepoint): void {
    while (this.#undo.length > to) this.#undo.pop()?.();
  }

  /** Forgets how to go back: what is committed is kept. */
  commit(): void {
    this.#undo.length = 0;
  }

  /** The next number of a sequence. Like the platform's, it does not go back with a transaction. */
  next(sequence: string): number {
    const number = (this.#numbers.get(sequence) ?? 0) + 1;
    this.#numbers.set(sequence, number);
    return number;
  }

  newId(object: ObjectSchema): string {
    return makeId(`${object.keyPrefix ?? '000'}${INSTANCE}`, this.next(`id:${object.name}`));
  }

  get(object: string, id: string): StoredRecord | undefined {
    return this.#table(object).rows.get(id);
  }

  *all(object: string): IterableIterator<StoredRecord> {
    yield* this.#table(object).rows.values();
  }

  count(object: string): number {
    return this.#table(object).rows.size;
  }

  /** Names, in lower case, of the objects that have records: few, of the thousand that there are. */
  *filled(): IterableIterator<string> {
    for (const [object, { rows }] of this.#tables) if (rows.size > 0) yield object;
  }

  put(object: string, id: string, record: StoredRecord): void {
    const table = this.#table(object);
    const before = table.rows.get(id);
    this.#undo.push(() => {
      this.#replace(table, id, record, before);
    });
    this.#replace(table, id, before, record);
  }

  remove(object: string, id: string): void {
    const table = this.#table(object);
    const before = table.rows.get(id);
    if (!before) return;
    this.#undo.push(() => {
      this.#replace(table, id, undefined, before);
    });
    this.#replace(table, id, before, undefined);
  }

  /** Records whose field has that value, by index; deleted ones too. */
  findBy(object: string, field: string, value: ApexValue): StoredRecord[] {
    const table = this.#table(object);
    const index = this.#index(object, table, field.toLowerCase());
    const key = indexKey(value);
    const rows: StoredRecord[] = [];
    for (const id of index.get(key) ?? []) {
      const row = table.rows.get(id);
      if (row) rows.push(row);
    }
    return rows;
  }

  #table(object: string): Table {
    const key = object.toLowerCase();
    let table = this.#tables.get(key);
    if (!table) {
      table = { rows: new Map(), indexes: new Map() };
      this.#tables.set(key, table);
    }
    return table;
  }

  /** Made when it is first asked for, kept up from then on. */
  #index(object: string, table: Table, field: string): Map<string, Set<string>> {
    let index = table.indexes.get(field);
    if (!index) {
      if (!this.#schema.object(object)?.fields.has(field))
        throw new Error(`${object} has no field ${field}.`);
      index = new Map();
      table.indexes.set(field, index);
      for (const [id, row] of table.rows) addToIndex(index, row.get(field) ?? null, id);
    }
    return index;
  }

  #replace(
    table: Table,
    id: string,
    before: StoredRecord | undefined,
    after: StoredRecord | undefined,
  ): void {
    for (const [field, index] of table.indexes) {
      if (before) index.get(indexKey(before.get(field) ?? null))?.delete(id);
      if (after) addToIndex(index, after.get(field) ?? null, id);
    }
    this.recycled += Number(isRecycled(after)) - Number(isRecycled(before));
    if (after) table.rows.set(id, after);
    else table.rows.delete(id);
  }
}

function isRecycled(record: StoredRecord | undefined): boolean {
  return record?.get('isdeleted') === true;
}

function addToIndex(index: Map<string, Set<string>>, value: ApexValue, id: string): void {
  const key = indexKey(value);
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

/** Text is found whatever its case, as SOQL compares it. */
export function indexKey(value: ApexValue): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? `s:${value.toLowerCase()}` : `v:${String(value)}`;
}
