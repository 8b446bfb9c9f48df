import { say } from '../../messages/message.ts';
import type { OrgRecord } from '../../salesforce/org.ts';
import { fitValue, UnfitValue } from './fit-shape.ts';
import { requiredFields, writable, type DescribedObject } from './field-values.ts';
import { salesforceId } from '../../values/salesforce-id.ts';
import { keysOf, type Search } from './find-records.ts';
import { refused, type RecordWrite, type Result } from './record-write.ts';

/** A record to be sent, for one write or several. */
export interface Plan {
  readonly call: 'insert' | 'update' | 'delete';
  /** Null for a new one. */
  readonly id: string | null;
  readonly values: Record<string, unknown>;
  readonly leftOut: Record<string, string>;
  /** What makes two new records the same one. */
  readonly sameAs: string | null;
  /** What two new records must not have in common in one turn. */
  readonly tokens: readonly string[];
  /** Whether looking again tells if it was created. */
  readonly isFindable: boolean;
  /** Writes that it is for. */
  readonly numbers: number[];
}

/** Whether a text can be the id of a record of this object: the first three characters tell. */
export function isRecordId(text: string, keyPrefix: string | null): boolean {
  const id = salesforceId(text);
  return id !== null && (keyPrefix === null || id.startsWith(keyPrefix));
}

/** Says what to send for a write whose record was found, or was not. */
export function planWrite(
  description: DescribedObject,
  write: RecordWrite,
  fitted: { readonly values: OrgRecord; readonly leftOut: Readonly<Record<string, string>> },
  foundId: string | null,
  search: Search | null,
): Omit<Plan, 'numbers'> | Result {
  const { object } = description;
  if (write.match.by === 'id' && !isRecordId(write.match.id, object.keyPrefix))
    return refused(
      write,
      400,
      'invalid-id',
      say('items.invalid-id', { id: JSON.stringify(write.match.id), object: object.name }),
    );
  const id = write.match.by === 'id' ? salesforceId(write.match.id) : foundId;
  const creates = write.operation === 'create' || (write.operation === 'upsert' && id === null);
  if (creates) return planInsert(description, write, fitted, search);
  if (id === null)
    return refused(
      write,
      404,
      'no-match',
      say('items.no-match', { object: object.name, operation: write.operation }),
    );
  const known = { id, sameAs: null, tokens: [], isFindable: true };
  if (write.operation === 'delete')
    return object.isDeletable
      ? { ...known, call: 'delete', values: { Id: id }, leftOut: {} }
      : forbidden(write, 'deleted');
  if (!object.isUpdateable) return forbidden(write, 'changed');
  const { values, leftOut } = writable(description, fitted.values, 'update');
  const allLeftOut = { ...fitted.leftOut, ...leftOut };
  if (Object.keys(values).length === 0) return nothingToWrite(write, id, allLeftOut);
  return { ...known, call: 'update', values: { ...values, Id: id }, leftOut: allLeftOut };
}

/** A record that is there stays as it is: no call is spent on it. */
function nothingToWrite(write: RecordWrite, id: string, leftOut: Readonly<Record<string, string>>): Result {
  const message = say('items.nothing-to-write');
  const outcome = { status: 200, code: 'nothing-to-write', message, object: write.object, ids: [id] };
  return { kind: 'done', outcome: Object.keys(leftOut).length > 0 ? { ...outcome, leftOut } : outcome };
}

function planInsert(
  description: DescribedObject,
  write: RecordWrite,
  fitted: { readonly values: OrgRecord; readonly leftOut: Readonly<Record<string, string>> },
  search: Search | null,
): Omit<Plan, 'numbers'> | Result {
  if (!description.object.isCreateable) return forbidden(write, 'created');
  if (write.isInDoubt === true) return refused(write, 409, 'outcome-unknown', say('items.outcome-unknown'));
  const matched = matcherValues(description, write);
  if (matched instanceof UnfitValue) return refused(write, 400, 'invalid-value', matched.message);
  const given = { ...matched, ...fitted.values };
  for (const [name, value] of Object.entries(write.whenCreating ?? {})) given[name] ??= value;
  const { values, leftOut } = writable(description, given, 'insert');
  const missing = requiredFields(description.object).filter((name) => values[name] == null);
  if (missing.length > 0)
    return refused(
      write,
      400,
      'required-field-missing',
      say('items.required-field-missing', { object: description.object.name, fields: missing.join(', ') }),
    );
  const keys = search === null ? [] : keysOf(search);
  const match = write.match.by === 'nothing' ? (write.match.sameAs ?? null) : null;
  return {
    call: 'insert',
    id: null,
    values: { ...values },
    leftOut: { ...fitted.leftOut, ...leftOut },
    sameAs: match ?? (keys.length > 0 ? keys.join('\n') : null),
    tokens: keys,
    isFindable: search !== null || match !== null,
  };
}

/** A record that is created because none matches gets what it was looked for by: it is found the next time. */
function matcherValues(
  { fields }: DescribedObject,
  write: RecordWrite,
): Record<string, unknown> | UnfitValue {
  const values: Record<string, unknown> = {};
  if (write.match.by !== 'fields') return values;
  try {
    for (const { field, value } of write.match.matchers) {
      const known = fields.get(field.toLowerCase());
      if (known && known.name !== 'Id' && known.isCreateable && value != null && value !== '')
        values[known.name] = fitValue(known, value);
    }
    return values;
  } catch (error) {
    if (error instanceof UnfitValue) return error;
    throw error;
  }
}

function forbidden(write: RecordWrite, what: string): Result {
  return refused(write, 400, 'not-allowed', say('items.not-allowed', { object: write.object, what }));
}
