import { current } from '../execution/transaction.ts';
import { platformEnumConstants } from '../language/runtime/platform-enums.ts';
import { platformExceptionNames } from '../language/types/platform-types.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import { ApexException } from '../values/exception.ts';
import type { ApexEnum } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformClass } from './registry.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };

platformClass({
  name: 'System.Exception',
  methods: {
    'getMessage/0': (error: ApexException) => error.text,
    'setMessage/1': (error: ApexException, message: string | null) => {
      error.apexMessage = message;
    },
    'getCause/0': (error: ApexException) => error.apexCause,
    'initCause/1': (error: ApexException, cause: ApexException) => {
      error.apexCause = cause;
    },
    'getTypeName/0': (error: ApexException) => error.typeName,
    'getLineNumber/0': (error: ApexException) => error.frames()[0]?.line ?? 0,
    'getStackTraceString/0': (error: ApexException) => error.stackTrace(),
    'toString/0': (error: ApexException) => error.toString(),
    'getNumDml/0': (error: ApexException) => rows(error).length,
    'getInaccessibleFields/0': (error: ApexException) =>
      error.details.get('inaccessible') ?? new ApexMap(STRING, { kind: 'set', element: STRING }),
    'getDmlFields/1': (error: ApexException, row: number) =>
      new ApexList(
        { kind: 'platform', name: 'Schema.SObjectField', arguments: [] },
        fieldTokens(rows(error)[row]),
      ),
    'getDmlMessage/1': (error: ApexException, row: number) => rows(error)[row]?.message ?? null,
    'getDmlIndex/1': (error: ApexException, row: number) => rows(error)[row]?.index ?? null,
    'getDmlId/1': (error: ApexException, row: number) => rows(error)[row]?.id ?? null,
    'getDmlStatusCode/1': (error: ApexException, row: number) => rows(error)[row]?.statusCode ?? null,
    'getDmlFieldNames/1': (error: ApexException, row: number) =>
      new ApexList({ kind: 'primitive', name: 'String' }, [...(rows(error)[row]?.fields ?? [])]),
    'getDmlType/1': (error: ApexException, row: number) => statusCode(rows(error)[row]?.statusCode ?? ''),
  },
});

/** What a DmlException says of each failed row. */
export interface DmlFailure extends ApexReference {
  readonly index: number;
  readonly id: string | null;
  readonly message: string;
  readonly statusCode: string;
  readonly fields: readonly string[];
  /** The object of the record. */
  readonly object?: string;
}

function rows(error: ApexException): readonly DmlFailure[] {
  const list = error.details.get('rows');
  return list instanceof ApexList ? (list.items as unknown as DmlFailure[]) : [];
}

function fieldTokens(row: DmlFailure | undefined): ApexReference[] {
  const { org } = current();
  const object = row?.object === undefined ? undefined : org.schema.object(row.object);
  return (row?.fields ?? []).flatMap((name) =>
    object?.fields.has(name.toLowerCase()) ? [org.fieldToken(object.name, name)] : [],
  );
}

/** The constant of System.StatusCode, the one that source code compares with. */
export function statusCode(name: string): ApexEnum {
  const known = platformEnumConstants('System.StatusCode');
  const found =
    known.find((each) => each.name === name) ?? known.find((each) => each.name === 'UNKNOWN_EXCEPTION');
  if (!found) throw new Error(`There is no status code ${name}.`);
  return found;
}

const construct =
  (name: string) =>
  (...parameters: ApexValue[]) => {
    const made = new ApexException({ kind: 'platform', name, arguments: [] });
    for (const parameter of parameters) {
      // What an AuraHandledException is given goes to the component; in Apex only setMessage shows.
      if (typeof parameter === 'string' && name === 'System.AuraHandledException')
        made.shownMessage = parameter;
      else if (typeof parameter === 'string') made.apexMessage = parameter;
      else if (parameter instanceof ApexException) made.apexCause = parameter;
    }
    return made;
  };

/** Every exception of the platform has the constructors of Exception. */
for (const name of platformExceptionNames()) {
  const made = construct(name);
  platformClass({ name, constructors: { 'new/0': made, 'new/1': made, 'new/2': made } });
}
