import { Bean, beanClass } from '../library/beans.ts';
import { statusCode } from '../library/exceptions.ts';
import { ApexList } from '../values/collections.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { DmlOperation, RowError, RowResult } from './dml.ts';

const ERROR: TypeRef = { kind: 'platform', name: 'Database.Error', arguments: [] };
const STRING: TypeRef = { kind: 'primitive', name: 'String' };

/** A Database.Error. */
export class DatabaseError extends Bean {
  constructor(error: RowError) {
    super('Database.Error');
    this.set('statusCode', statusCode(error.statusCode));
    this.set('message', error.message);
    this.set('fields', new ApexList(STRING, [...error.fields]));
  }
  override toString(): string {
    const fields = this.get('fields');
    const names = fields instanceof ApexList ? fields.items.map(String).join(', ') : '';
    return `Database.Error[getFields=(${names});getMessage=${String(this.get('message'))};getStatusCode=${String(this.get('statusCode'))};]`;
  }
}

const NAMES: Readonly<Record<DmlOperation, string>> = {
  insert: 'Database.SaveResult',
  update: 'Database.SaveResult',
  upsert: 'Database.UpsertResult',
  delete: 'Database.DeleteResult',
  undelete: 'Database.UndeleteResult',
};

/** What a Database method answers for one record. */
export class Result extends Bean {
  constructor(operation: DmlOperation | 'emptyRecycleBin', row: RowResult) {
    super(operation === 'emptyRecycleBin' ? 'Database.EmptyRecycleBinResult' : NAMES[operation]);
    this.set('success', row.errors.length === 0);
    this.set('id', row.id);
    this.set(
      'errors',
      new ApexList(
        ERROR,
        row.errors.map((error) => new DatabaseError(error)),
      ),
    );
    if (operation === 'upsert') this.set('created', row.created);
  }
}

/** What a statement answers: for one record its result, for a list of them a list. */
export function resultsOf(results: readonly Result[]): ApexList {
  const [first] = results;
  return new ApexList(first?.$type ?? { kind: 'platform', name: NAMES.insert, arguments: [] }, [...results]);
}

const isHeld = (name: string) => (bean: Bean) => bean.get(name) === true;
beanClass('Database.Error');
for (const name of new Set([...Object.values(NAMES), 'Database.EmptyRecycleBinResult']))
  beanClass(name, {
    defaults: () => ({ success: false, errors: new ApexList(ERROR) }),
    methods: { 'isSuccess/0': isHeld('success'), 'isCreated/0': isHeld('created') },
  });
