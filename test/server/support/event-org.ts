import {
  SalesforceFault,
  type FaultKind,
  type OrgObject,
  type OrgRecord,
  type SalesforceOrg,
  type SalesforceOrgs,
  type SaveResult,
  type WriteOperation,
} from '../../../server/src/salesforce/org.ts';
import { idOfRecord, OrgBase } from './org-base.ts';

const PREFIXES: Readonly<Record<string, string>> = { Lead: '00Q', Contact: '003' };
const FIELDS: readonly (readonly [string, string])[] = [
  ['Id', 'id'],
  ['Email', 'email'],
  ['LastName', 'string'],
  ['Company', 'string'],
  ['City', 'string'],
  ['MailingCity', 'string'],
];

/** A call that changes records, as an org would see it. */
export interface SeenCall {
  readonly operation: WriteOperation;
  readonly object: string;
  readonly records: readonly OrgRecord[];
  readonly isBulk: boolean;
}

/** Leads and contacts in memory: for what a real org does not do when asked to. */
export class EventOrg extends OrgBase implements SalesforceOrgs {
  readonly records = new Map<string, Record<string, unknown>>();
  readonly calls: SeenCall[] = [];
  queries = 0;
  /** What the next calls that change records do instead, or after they have. */
  readonly faults: (((call: SeenCall, save: () => readonly SaveResult[]) => readonly SaveResult[]) | null)[] =
    [];
  /** Called before a call that changes records. */
  onWrite: (() => Promise<void>) | null = null;

  open(): Promise<SalesforceOrg> {
    return Promise.resolve(this);
  }

  add(object: string, values: OrgRecord): string {
    const id = idOfRecord(PREFIXES[object] ?? 'a00', this.records.size);
    this.records.set(id, { ...values, Id: id });
    return id;
  }

  override describe(called: string): Promise<OrgObject> {
    // Salesforce does not mind the case, and answers in its own.
    const name = Object.keys(PREFIXES).find((each) => each.toLowerCase() === called.toLowerCase()) ?? called;
    const fields = FIELDS.map(([field, type]) => ({
      name: field,
      label: field,
      type,
      length: 80,
      precision: 0,
      scale: 0,
      isNillable: field !== 'LastName',
      isDefaultedOnCreate: field === 'Id',
      isCreateable: field !== 'Id',
      isUpdateable: field !== 'Id',
      isFilterable: true,
      isExternalId: false,
      isUnique: false,
      isRestrictedPicklist: false,
      picklist: [],
      referenceTo: [],
    }));
    const can = { isQueryable: true, isCreateable: true, isUpdateable: true, isDeletable: true };
    return Promise.resolve({ name, label: name, keyPrefix: PREFIXES[name] ?? null, ...can, fields });
  }

  /** Understands `FROM X WHERE Email = 'a'` and `Email IN ('a','b')`. */
  // eslint-disable-next-line @typescript-eslint/require-await -- the contract is an asynchronous one
  override async *query(soql: string): AsyncIterable<readonly OrgRecord[]> {
    this.queries += 1;
    const [, object = ''] = /FROM (\w+) WHERE/.exec(soql) ?? [];
    const wanted = new Set([...soql.matchAll(/'([^']*)'/g)].map(([, value = '']) => this.compared(value)));
    yield [...this.records.values()].filter(
      ({ Id, Email }) =>
        String(Id).startsWith(PREFIXES[object] ?? '?') && wanted.has(this.compared(String(Email))),
    );
  }

  /** How this org compares texts. */
  compared(text: string): string {
    return text.toLowerCase();
  }

  override write(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
  ): Promise<readonly SaveResult[]> {
    return this.#save({ operation, object, records, isBulk: false });
  }

  override writeBulk(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
  ): Promise<readonly SaveResult[]> {
    return this.#save({ operation, object, records, isBulk: true });
  }

  async #save(call: SeenCall): Promise<readonly SaveResult[]> {
    await this.onWrite?.();
    this.calls.push(call);
    const save = (): readonly SaveResult[] => call.records.map((record) => this.#saved(call, record));
    const fault = this.faults.shift();
    return fault ? fault(call, save) : save();
  }

  #saved({ operation, object }: SeenCall, record: OrgRecord): SaveResult {
    const id = operation === 'insert' ? this.add(object, record) : String(record.Id);
    if (operation === 'delete') this.records.delete(id);
    else if (operation === 'update') this.records.set(id, { ...this.records.get(id), ...record });
    return { id, isSaved: true, isCreated: operation === 'insert', errors: [] };
  }
}

/** A fault as an org, or the way to it, has it. */
export function fault(kind: FaultKind, code: string): () => never {
  return () => {
    throw new SalesforceFault(kind, code, code);
  };
}

/** The org does what it is asked, and its answer is lost. */
export function lostAnswer(_call: SeenCall, save: () => readonly SaveResult[]): never {
  save();
  throw new SalesforceFault('retry', 'timeout', 'The org did not answer in time.');
}

/** Every record of the call is refused. */
export function refusalOfAll(code: string) {
  return ({ records }: SeenCall): readonly SaveResult[] =>
    records.map(() => ({
      id: null,
      isSaved: false,
      isCreated: false,
      errors: [{ code, message: code, fields: [] }],
    }));
}

/** One record of the call is refused. */
export function refusal(code: string) {
  return (_call: SeenCall, save: () => readonly SaveResult[]): readonly SaveResult[] =>
    save().map((result, place) =>
      place > 0
        ? result
        : { id: null, isSaved: false, isCreated: false, errors: [{ code, message: code, fields: [] }] },
    );
}
