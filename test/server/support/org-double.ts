import {
  SalesforceFault,
  type OrgField,
  type OrgObject,
  type OrgRecord,
  type SalesforceOrg,
  type SalesforceOrgs,
  type SaveError,
  type SaveResult,
  type WriteOperation,
  type WriteOptions,
} from '../../../server/src/salesforce/org.ts';
import { QUERIES_A_CALL } from '../../../server/src/salesforce/queries.ts';
import { idOfRecord, OrgBase } from './org-base.ts';

/** A field of the double: text that may be written, unless something else is said. */
export function orgField(name: string, more: Partial<OrgField> = {}): OrgField {
  return {
    name,
    label: name,
    type: 'string',
    length: 255,
    precision: 0,
    scale: 0,
    isNillable: true,
    isDefaultedOnCreate: false,
    isCreateable: true,
    isUpdateable: true,
    isFilterable: true,
    isExternalId: false,
    isUnique: false,
    isRestrictedPicklist: false,
    picklist: [],
    referenceTo: [],
    ...more,
  };
}

const checkbox = (name: string): OrgField =>
  orgField(name, { type: 'boolean', length: 0, isNillable: false, isDefaultedOnCreate: true });

const PEOPLE = [
  orgField('Id', { type: 'id', length: 18, isCreateable: false, isUpdateable: false }),
  orgField('Email', { type: 'email', length: 80 }),
  orgField('LastName', { length: 80, isNillable: false }),
  checkbox('HasOptedOutOfEmail'),
  checkbox('News__c'),
  orgField('DI_Id__c', { length: 40, isExternalId: true, isUnique: true }),
  orgField('Age__c', { type: 'double', precision: 3 }),
  orgField('Tier__c', { type: 'picklist', picklist: ['gold', 'silver'], isRestrictedPicklist: true }),
  orgField('Formula__c', { isCreateable: false, isUpdateable: false }),
  orgField('MasterRecordId', { type: 'reference', length: 18, isCreateable: false, isUpdateable: false }),
];

const described = (name: string, keyPrefix: string, fields: readonly OrgField[]): OrgObject => ({
  name,
  label: name,
  keyPrefix,
  isQueryable: true,
  isCreateable: true,
  isUpdateable: true,
  isDeletable: true,
  fields,
});

/** An org in memory, with what Contact and Lead need: each call is counted, and may fail on demand. */
export class OrgDouble extends OrgBase {
  readonly calls = { describe: 0, query: 0, write: 0, bulk: 0 };
  readonly options: (WriteOptions | undefined)[] = [];
  readonly objects = new Map<string, OrgObject>([
    ['contact', described('Contact', '003', PEOPLE)],
    [
      'lead',
      described('Lead', '00Q', [
        ...PEOPLE,
        checkbox('IsConverted'),
        orgField('Company', { isNillable: false }),
      ]),
    ],
  ]);
  readonly #records = new Map<string, Record<string, unknown>>();
  /** Faults of the calls that come next, one each. */
  readonly faults: SalesforceFault[] = [];
  /** Characters of a query that the org takes. */
  longestQuery = 100_000;
  /** Why a record is refused; null where it is saved. */
  refuse: (operation: WriteOperation, record: OrgRecord) => SaveError | null = () => null;
  /** The moment that a saved record gets as its version. */
  clock: () => string = () => new Date().toISOString();
  /** Comes between what was read and what is written. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();
  /** Comes between what was written and what is told of it. */
  afterWrite: () => Promise<void> = () => Promise.resolve();

  override describe(object: string): Promise<OrgObject> {
    this.calls.describe += 1;
    const found = this.objects.get(object.toLowerCase());
    return found
      ? Promise.resolve(found)
      : Promise.reject(new SalesforceFault('give-up', 'NOT_FOUND', `There is no object ${object}.`));
  }

  /** Puts a record there, as somebody in Salesforce does; answers its id. */
  put(object: string, fields: Record<string, unknown>): string {
    const prefix = this.objects.get(object.toLowerCase())?.keyPrefix ?? 'a00';
    const id = idOfRecord(prefix, this.#records.size + 1);
    this.#records.set(id, {
      HasOptedOutOfEmail: false,
      News__c: false,
      SystemModstamp: this.clock(),
      ...fields,
      Id: id,
      object: object.toLowerCase(),
    });
    return id;
  }

  remove(id: string): void {
    const record = this.#records.get(id);
    if (record) record.isDeleted = true;
  }

  /** Merges a record into another one, as somebody in Salesforce does. */
  merge(loser: string, winner: string): void {
    this.remove(loser);
    Object.assign(this.#records.get(loser) ?? {}, { MasterRecordId: winner });
  }

  /** Puts a deleted record back, as somebody who undeletes it. */
  restore(id: string): void {
    const record = this.#records.get(id);
    if (record) record.isDeleted = false;
  }

  /** Takes a deleted record out of the recycle bin, for good. */
  purge(id: string): void {
    this.#records.delete(id);
  }

  record(id: string): Record<string, unknown> | undefined {
    const record = this.#records.get(id);
    return record?.isDeleted === true ? undefined : record;
  }

  records(object: string): Record<string, unknown>[] {
    return [...this.#records.values()].filter(
      (record) => record.object === object.toLowerCase() && record.isDeleted !== true,
    );
  }

  override async *query(
    soql: string,
    { all = false }: { readonly all?: boolean } = {},
  ): AsyncIterable<readonly OrgRecord[]> {
    this.#countQuery();
    await Promise.resolve();
    const found = this.#found(soql, all);
    if (found.length > 0) yield found;
  }

  override async *querySeveral(
    soqls: readonly string[],
    { all = false }: { readonly all?: boolean } = {},
  ): AsyncIterable<readonly OrgRecord[]> {
    for (let start = 0; start < soqls.length; start += QUERIES_A_CALL) {
      this.#countQuery();
      await Promise.resolve();
      yield soqls.slice(start, start + QUERIES_A_CALL).flatMap((soql) => this.#found(soql, all));
    }
  }

  #countQuery(): void {
    this.calls.query += 1;
    this.#count();
  }

  #found(soql: string, all: boolean): OrgRecord[] {
    if (soql.length > this.longestQuery)
      throw new SalesforceFault('give-up', 'URI_TOO_LONG', 'The address is too long.');
    const [, object = '', field = '', several, one = '', also] =
      /FROM (\w+) WHERE (\w+) (?:IN \((.*)\)|= (.*?))( AND IsConverted = false)?$/s.exec(soql) ?? [];
    const list = several ?? one;
    if (list === '') throw new Error(`The double does not read ${soql}`);
    // Texts are compared without regard to case, ids are not: one in small letters is nobody's.
    const spelled = (text: string): string => (field === 'Id' ? text : text.toLowerCase());
    const values = new Set(
      [...list.matchAll(/'((?:[^'\\]|\\.)*)'/gs)].map(([, text = '']) =>
        spelled(text.replace(/\\(.)/g, '$1')),
      ),
    );
    return [...this.#records.values()]
      .filter((record) => record.object === object.toLowerCase() && (all || record.isDeleted !== true))
      .filter(({ IsConverted: isConverted }) => also === undefined || isConverted !== true)
      .filter((record) => {
        const value = record[field];
        return typeof value === 'string' && values.has(spelled(value));
      })
      .map(({ isDeleted = false, ...record }) => ({ ...record, IsDeleted: isDeleted }));
  }

  override write(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options?: WriteOptions,
  ): Promise<readonly SaveResult[]> {
    if (records.length > 200) throw new RangeError('A call takes 200 records.');
    this.calls.write += 1;
    return this.#write(operation, object, records, options);
  }

  override writeBulk(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options?: WriteOptions,
  ): Promise<readonly SaveResult[]> {
    this.calls.bulk += 1;
    const shapes = new Set(records.map((record) => Object.keys(record).join()));
    if (shapes.size > 1) throw new TypeError('All records of a job have the same fields.');
    return this.#write(operation, object, records, options);
  }

  #count(): void {
    this.callsMade += 1;
    const fault = this.faults.shift();
    if (fault) throw fault;
    if (this.usage) this.usage = { ...this.usage, used: this.usage.used + 1 };
  }

  async #write(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options?: WriteOptions,
  ): Promise<readonly SaveResult[]> {
    await this.beforeWrite();
    this.#count();
    this.options.push(options);
    const known = this.objects.get(object.toLowerCase());
    for (const name of records.flatMap((record) => Object.keys(record)))
      if (!known?.fields.some((field) => field.name === name))
        throw new SalesforceFault(
          'give-up',
          'INVALID_FIELD',
          `No such column '${name}' on sobject of type ${object}`,
        );
    const results = records.map((record) => this.#save(operation, object, record, options));
    await this.afterWrite();
    return results;
  }

  #save(
    operation: WriteOperation,
    object: string,
    record: OrgRecord,
    options: WriteOptions | undefined,
  ): SaveResult {
    const refused = this.refuse(operation, record);
    if (refused) return failed(refused.code, refused.message, refused.fields);
    if (operation === 'upsert') return this.#upsert(object, record, options?.externalIdField ?? '');
    if (operation === 'insert') return saved(this.put(object, { ...record }), true);
    const found = this.record(typeof record.Id === 'string' ? record.Id : '');
    if (!found) return failed('ENTITY_IS_DELETED', 'entity is deleted', []);
    if (operation === 'delete') found.isDeleted = true;
    else Object.assign(found, record, { SystemModstamp: this.clock() });
    return saved(String(found.Id), false);
  }

  #upsert(object: string, record: OrgRecord, field: string): SaveResult {
    const found = this.records(object).find((each) => each[field] === record[field]);
    if (!found) return saved(this.put(object, { ...record }), true);
    Object.assign(found, record, { SystemModstamp: this.clock() });
    return saved(String(found.Id), false);
  }
}

const saved = (id: string, isCreated: boolean): SaveResult => ({ id, isSaved: true, isCreated, errors: [] });

const failed = (code: string, message: string, fields: readonly string[]): SaveResult => ({
  id: null,
  isSaved: false,
  isCreated: false,
  errors: [{ code, message, fields }],
});

/** Opens the doubles that a test has made. */
export class OrgDoubles implements SalesforceOrgs {
  readonly #orgs = new Map<string, OrgDouble>();
  /** Thrown by every opening, as long as it is there. */
  fault: SalesforceFault | null = null;

  of(connectionId: string): OrgDouble {
    const known = this.#orgs.get(connectionId);
    if (known) return known;
    const org = new OrgDouble(connectionId);
    this.#orgs.set(connectionId, org);
    return org;
  }

  open(connectionId: string): Promise<SalesforceOrg> {
    return this.fault ? Promise.reject(this.fault) : Promise.resolve(this.of(connectionId));
  }
}
