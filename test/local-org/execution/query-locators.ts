import { platformClass } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { current } from './transaction.ts';

/** A query whose rows a batch goes over. */
export class QueryLocator extends PlatformObject {
  readonly query: string;
  readonly records: ApexList;
  constructor(query: string, records: ApexList) {
    super('Database.QueryLocator');
    this.query = query;
    this.records = records;
  }
  [Symbol.iterator](): Iterator<ApexValue> {
    return this.records[Symbol.iterator]();
  }
}

class LocatorIterator extends PlatformObject {
  readonly #records: ApexList;
  #at = 0;
  constructor(records: ApexList) {
    super('Database.QueryLocatorIterator');
    this.#records = records;
  }
  get hasNext(): boolean {
    return this.#at < this.#records.items.length;
  }
  next(): ApexValue {
    if (!this.hasNext) throwPlatform('System.NoSuchElementException', 'The iterator has no more elements');
    this.#at += 1;
    return this.#records.items[this.#at - 1] ?? null;
  }
}

/** A query's rows, to be fetched a part at a time, back and forth. */
export class Cursor extends PlatformObject {
  readonly #records: ApexList;
  constructor(records: ApexList) {
    super('Database.Cursor');
    this.#records = records;
  }
  get size(): number {
    return this.#records.items.length;
  }
  /** Each part that is fetched counts as a query. (Apex Developer Guide, Apex Cursors.) */
  fetch(from: number, count: number): ApexList {
    if (from < 0 || count < 0 || from + count > this.size)
      throwPlatform(
        'System.InvalidParameterValueException',
        'The position and count are outside of the cursor',
      );
    current().limits.count('queries');
    return new ApexList(this.#records.elementType, this.#records.items.slice(from, from + count));
  }
}

platformClass({
  name: 'Database.QueryLocator',
  methods: {
    'getQuery/0': (locator: QueryLocator) => locator.query,
    'iterator/0': (locator: QueryLocator) => new LocatorIterator(locator.records),
  },
});
platformClass({
  name: 'Database.QueryLocatorIterator',
  methods: {
    'hasNext/0': (iterator: LocatorIterator) => iterator.hasNext,
    'next/0': (iterator: LocatorIterator) => iterator.next(),
  },
});
platformClass({
  name: 'Database.Cursor',
  methods: {
    'fetch/2': (cursor: Cursor, from: number, count: number) => cursor.fetch(from, count),
    'getNumRecords/0': (cursor: Cursor) => cursor.size,
  },
});
