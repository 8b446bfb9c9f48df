import { executeDml, type DmlOperation, type RowError, type RowResult } from '../execution/dml.ts';
import { mayUseField, mayUseObject, type ObjectRight, type RightsHolder } from '../execution/permissions.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { ObjectSchema } from '../database/schema.ts';
import { duplicateError } from './duplicate-rules.ts';
import type { RestRequest } from './resource.ts';

export interface SaveOptions {
  readonly allOrNone: boolean;
  readonly externalId?: string | null;
  /** Records that are refused whatever they hold, by their place. */
  readonly refusals?: ReadonlyMap<number, RowError>;
}

/** How often one record may stand in a call that updates it. */
const REPEATS = 12;
const ROLLED_BACK: RowError = {
  statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
  fields: [],
};

/**
 * Saves records as a caller of an API: with the user's rights, under the org's duplicate rules, in a transaction of its
 * own. A result for each record, in order; what fails takes the others along only where all or none is asked for.
 */
export function saveRecords(
  request: RestRequest,
  operation: DmlOperation,
  records: readonly ApexSObject[],
  options: SaveOptions,
): RowResult[] {
  const { org } = request.host;
  return org.run('synchronous', request.user, (transaction) => {
    const rights = new WriteRights({ org, user: request.user }, operation);
    const refused = records.map(
      (record, place) =>
        options.refusals?.get(place) ??
        rights.refusal(record) ??
        (operation === 'delete' ? null : duplicateError(request, record)),
    );
    if (operation === 'upsert') refuseRepeatedKeys(records, refused, options.externalId ?? null);
    const results = records.map((record, place) => failed(record, refused[place] ?? null));
    const isHalted = options.allOrNone && refused.some((error) => error !== null);
    if (!isHalted)
      for (const places of rounds(operation, records, refused, results)) {
        const chosen = places.flatMap((place) => records[place] ?? []);
        const saved = executeDml(operation, chosen, {
          allOrNone: options.allOrNone,
          externalId: options.externalId ?? null,
        });
        places.forEach((place, index) => {
          const result = saved[index];
          if (result) results[place] = result;
        });
      }
    if (transaction.kind === 'synchronous') transaction.hasUncommittedWork = false;
    return options.allOrNone ? allOrNone(results) : results;
  });
}

const failed = (record: ApexSObject, error: RowError | null): RowResult => ({
  id: record.id,
  created: false,
  errors: error ? [error] : [],
});

function allOrNone(results: readonly RowResult[]): RowResult[] {
  if (results.every((result) => result.errors.length === 0)) return [...results];
  return results.map((result) =>
    result.errors.length > 0 ? result : { ...result, created: false, errors: [ROLLED_BACK] },
  );
}

/** The places to save, one round after the other: a record that stands in a call twice is saved twice. */
function rounds(
  operation: DmlOperation,
  records: readonly ApexSObject[],
  refused: readonly (RowError | null)[],
  results: RowResult[],
): number[][] {
  const seen = new Map<string, number>();
  const made: number[][] = [];
  records.forEach((record, place) => {
    if (refused[place]) return;
    const id = operation === 'insert' ? null : record.id;
    const round = id === null ? 0 : (seen.get(id) ?? 0);
    if (id !== null) seen.set(id, round + 1);
    if (round >= REPEATS)
      results[place] = failed(record, {
        statusCode: 'DUPLICATE_VALUE',
        message: `Maximum number of duplicate updates in one batch (${REPEATS} allowed). Attempt to update Id more than once in this Api call: ${id ?? ''}`,
        fields: [],
      });
    else (made[round] ??= []).push(place);
  });
  return made;
}

/** An external id may stand in a call once; each record that has it more often is refused. */
function refuseRepeatedKeys(
  records: readonly ApexSObject[],
  refused: (RowError | null)[],
  externalId: string | null,
): void {
  const key = externalId?.toLowerCase() ?? 'id';
  if (key === 'id') return;
  const values = records.map((record) => record.values.get(key) ?? null);
  const counts = new Map<string, number>();
  for (const value of values)
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  values.forEach((value, place) => {
    if (value === null)
      refused[place] ??= {
        statusCode: 'MISSING_ARGUMENT',
        message: `${externalId ?? ''} not specified`,
        fields: [],
      };
    else if ((counts.get(String(value)) ?? 0) > 1)
      refused[place] ??= {
        statusCode: 'DUPLICATE_VALUE',
        message: `Duplicate external id specified: ${String(value)}`,
        fields: [externalId ?? ''],
      };
  });
}

const OBJECT_RIGHTS: Readonly<Record<DmlOperation, readonly ObjectRight[]>> = {
  insert: ['Create'],
  update: ['Edit'],
  upsert: ['Create', 'Edit'],
  delete: ['Delete'],
  undelete: ['Edit'],
};

/** What a user may write in one call; each field is looked up once. */
class WriteRights {
  readonly #holder: RightsHolder;
  readonly #operation: DmlOperation;
  readonly #objects = new Map<ObjectSchema, RowError | null>();
  readonly #fields = new Map<string, boolean>();

  constructor(holder: RightsHolder, operation: DmlOperation) {
    this.#holder = holder;
    this.#operation = operation;
  }

  refusal(record: ApexSObject): RowError | null {
    const object = record.schema;
    let refused = this.#objects.get(object);
    if (refused === undefined) {
      refused = this.#objectRefusal(object);
      this.#objects.set(object, refused);
    }
    if (refused || this.#operation === 'delete') return refused;
    const fields = [...record.values.keys()].flatMap((key) => {
      const field = key === 'id' ? undefined : object.fields.get(key);
      return field && !this.#mayWrite(object, key) ? [field.name] : [];
    });
    return fields.length === 0
      ? null
      : {
          statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
          message: `Unable to create/update fields: ${fields.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
          fields,
        };
  }

  #objectRefusal(object: ObjectSchema): RowError | null {
    const missing = OBJECT_RIGHTS[this.#operation].find(
      (right) => !mayUseObject(object, right, this.#holder),
    );
    if (missing === undefined) return null;
    if (missing === 'Create')
      return {
        statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        message: `entity type cannot be inserted: ${object.label}`,
        fields: [],
      };
    return {
      statusCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
      message: 'insufficient access rights on object id',
      fields: [],
    };
  }

  #mayWrite(object: ObjectSchema, key: string): boolean {
    const name = `${object.name}.${key}`;
    let may = this.#fields.get(name);
    const field = object.fields.get(key);
    if (may === undefined && field) {
      const isOpen =
        this.#operation === 'insert'
          ? field.createable
          : this.#operation === 'update'
            ? field.updateable
            : field.createable || field.updateable;
      may = isOpen && mayUseField(object, field, 'Edit', this.#holder);
      this.#fields.set(name, may);
    }
    return may ?? true;
  }
}
