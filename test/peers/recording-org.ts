import knex from 'knex';
import { DescribeCache } from '../../server/src/salesforce/describe-cache.ts';
import type {
  OrgField,
  OrgObject,
  OrgRecord,
  SalesforceOrg,
  SaveResult,
  WriteOperation,
} from '../../server/src/salesforce/org.ts';
import { idOfRecord, OrgBase } from '../server/support/org-base.ts';
import { orgField } from '../server/support/org-double.ts';
import { matching } from './soql-conditions.ts';

/** Something that was sent to the org. */
export interface Sent {
  readonly operation: WriteOperation;
  readonly object: string;
  readonly id: string | null;
  /** Without its id. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A record that is there before. */
export interface Seed {
  readonly object: string;
  readonly record: OrgRecord;
}

/** Fields without which an object's records are not created, as Salesforce has them. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  lead: ['LastName', 'Company'],
  contact: ['LastName'],
  account: ['Name'],
  opportunity: ['Name', 'StageName', 'CloseDate'],
};

const TYPES: Readonly<Record<string, Partial<OrgField>>> = {
  number: { type: 'double', precision: 18, scale: 0 },
  boolean: { type: 'boolean', isNillable: false, isDefaultedOnCreate: true },
};

/** An org that has the objects and fields of a case, finds what was there, saves everything, and remembers what came. */
export class RecordingOrg extends OrgBase {
  readonly sent: Sent[] = [];
  readonly #fields: ReadonlyMap<string, OrgField>;
  readonly #seeds: readonly Seed[];

  /** @param fields each with a value that it holds, which tells its type */
  constructor(fields: Readonly<Record<string, unknown>>, seeds: readonly Seed[]) {
    super('00000000-0000-0000-0000-000000000000');
    this.#seeds = seeds;
    this.#fields = new Map(
      Object.entries({ ...fields, Id: '' }).map(([name, value]) => [
        name.toLowerCase(),
        orgField(
          name,
          name === 'Id' ? { type: 'id', isCreateable: false, isUpdateable: false } : TYPES[typeof value],
        ),
      ]),
    );
  }

  override describe(object: string): Promise<OrgObject> {
    const required = REQUIRED[object.toLowerCase()] ?? [];
    const fields = new Map(this.#fields);
    for (const name of required) fields.set(name.toLowerCase(), orgField(name, { isNillable: false }));
    const may = { isQueryable: true, isCreateable: true, isUpdateable: true, isDeletable: true };
    return Promise.resolve({
      name: object,
      label: object,
      keyPrefix: null,
      ...may,
      fields: [...fields.values()],
    });
  }

  override async *query(soql: string): AsyncIterable<readonly OrgRecord[]> {
    await Promise.resolve();
    yield matching(soql, this.#seeds);
  }

  override write(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
  ): Promise<readonly SaveResult[]> {
    const results = records.map(({ Id: id, ...values }) => {
      const known = typeof id === 'string' ? id : null;
      this.sent.push({ operation, object, id: known, values });
      const made = idOfRecord('a00', this.sent.length);
      return { id: known ?? made, isSaved: true, isCreated: known === null, errors: [] };
    });
    return Promise.resolve(results);
  }
}

/** Descriptions straight from the org: no database stands behind them. */
export class Descriptions extends DescribeCache {
  constructor() {
    super(knex({ client: 'pg' }));
  }

  override find(org: SalesforceOrg, object: string): Promise<OrgObject> {
    return org.describe(object);
  }

  override refresh(org: SalesforceOrg, object: string): Promise<OrgObject> {
    return org.describe(object);
  }
}
