import type { StoredRecord } from '../local-org/database/store.ts';
import type { LocalOrg } from '../local-org/org.ts';
import type { ApexValue } from '../local-org/values/object.ts';

/** A row that differs from another in a few fields; a million of them fit into a process that way. */
class Copy implements StoredRecord {
  readonly #of: StoredRecord;
  readonly #id: string;
  readonly #name: string;

  constructor(of: StoredRecord, id: string, name: string) {
    this.#of = of;
    this.#id = id;
    this.#name = name;
  }

  get(field: string): ApexValue | undefined {
    if (field === 'id') return this.#id;
    return field === 'name' || field === 'batch_key__c' ? this.#name : this.#of.get(field);
  }

  has(field: string): boolean {
    return this.#of.has(field);
  }

  get size(): number {
    return this.#of.size;
  }

  *entries(): MapIterator<[string, ApexValue]> {
    for (const field of this.#of.keys()) yield [field, this.get(field) ?? null];
  }

  *keys(): MapIterator<string> {
    yield* this.#of.keys();
  }

  *values(): MapIterator<ApexValue> {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(take: (value: ApexValue, field: string, row: StoredRecord) => void): void {
    for (const [field, value] of this.entries()) take(value, field, this);
  }

  [Symbol.iterator](): MapIterator<[string, ApexValue]> {
    return this.entries();
  }
}

/** Fills the outbox up to so many rows with copies of its first one, as an outage of weeks would. */
export function deepen(org: LocalOrg, rows: number): void {
  const { store, schema } = org;
  const outbox = schema.object('DI_Outbox__c');
  const [first] = store.all('DI_Outbox__c');
  if (!outbox || !first) throw new Error('There is no row to copy.');
  for (let number = store.count('DI_Outbox__c'); number < rows; number++) {
    const id = store.newId(outbox);
    store.put('DI_Outbox__c', id, new Copy(first, id, `OB-${String(number + 1).padStart(8, '0')}`));
    // What is committed need not be taken back: otherwise a million ways back would be kept.
    if (number % 10_000 === 0) store.commit();
  }
  store.commit();
}
