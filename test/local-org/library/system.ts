import { ApexBlob, ApexDate, ApexDatetime } from '../values/dates.ts';
import { apexEquals, valueHash } from '../values/equality.ts';
import { ApexException, platformException, throwNull } from '../values/exception.ts';
import { isId, to18 } from '../values/ids.ts';
import { type ApexEnum } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { apexToString } from '../values/text.ts';
import { typeName } from '../values/type-ref.ts';
import { current } from '../execution/transaction.ts';
import { platformEnumConstants } from '../language/runtime/runtime.ts';
import { isInstance } from '../language/runtime/types.ts';
import { ApexList } from '../values/collections.ts';
import { platformClass } from './registry.ts';
import { describedType } from './types.ts';

function failed(kind: string, message: ApexValue, detail: string): never {
  const text = message === null ? '' : `: ${apexToString(message)}`;
  throw platformException(
    'System.AssertException',
    `Assertion Failed${text}${detail === '' ? '' : `: ${detail}`}${kind}`,
  );
}

/** `==` of two values as assertions use it: text with its case. */
const same = (left: ApexValue, right: ApexValue): boolean => apexEquals(left, right);
const pair = (expected: ApexValue, actual: ApexValue): string =>
  `Expected: ${apexToString(expected)}, Actual: ${apexToString(actual)}`;

const assertEquals = (expected: ApexValue, actual: ApexValue, message: ApexValue = null): void => {
  if (!same(expected, actual)) failed('', message, pair(expected, actual));
};
const assertNotEquals = (expected: ApexValue, actual: ApexValue, message: ApexValue = null): void => {
  if (same(expected, actual)) failed('', message, `Same value: ${apexToString(actual)}`);
};
const assertTrue = (condition: boolean | null, message: ApexValue = null): void => {
  if (condition !== true) failed('', message, '');
};

function debug(value: ApexValue): void {
  current().debugLog.push(apexToString(value));
}

platformClass({
  name: 'System.System',
  statics: {
    'debug/1': debug,
    'debug/2': (_level: ApexValue, value: ApexValue) => {
      debug(value);
    },
    'assert/1': assertTrue,
    'assert/2': assertTrue,
    'assertEquals/2': assertEquals,
    'assertEquals/3': assertEquals,
    'assertNotEquals/2': assertNotEquals,
    'assertNotEquals/3': assertNotEquals,
    'now/0': () => new ApexDatetime(current().now()),
    'today/0': () => new ApexDate(Math.floor(current().now() / 86_400_000)),
    'currentTimeMillis/0': () => BigInt(current().now()),
    'equals/2': same,
    'hashCode/1': valueHash,
    'isBatch/0': () => current().kind === 'batch',
    'isFuture/0': () => current().kind === 'future',
    'isQueueable/0': () => current().kind === 'queueable',
    'isScheduled/0': () => current().kind === 'scheduled',
  },
});

platformClass({
  name: 'System.Assert',
  statics: {
    'areEqual/2': assertEquals,
    'areEqual/3': assertEquals,
    'areNotEqual/2': assertNotEquals,
    'areNotEqual/3': assertNotEquals,
    'isTrue/1': assertTrue,
    'isTrue/2': assertTrue,
    'isFalse/1': (condition: boolean) => {
      assertTrue(!condition);
    },
    'isFalse/2': (condition: boolean, message: ApexValue) => {
      assertTrue(!condition, message);
    },
    'isNull/1': (value: ApexValue) => {
      assertEquals(null, value);
    },
    'isNull/2': (value: ApexValue, message: ApexValue) => {
      assertEquals(null, value, message);
    },
    'isNotNull/1': (value: ApexValue) => {
      assertNotEquals(null, value);
    },
    'isNotNull/2': (value: ApexValue, message: ApexValue) => {
      assertNotEquals(null, value, message);
    },
    'isInstanceOfType/2': (value: ApexValue, type: ApexValue) => {
      if (!isInstance(value, describedType(type)))
        failed('', null, `Expected type: ${typeName(describedType(type))}`);
    },
    'isInstanceOfType/3': (value: ApexValue, type: ApexValue, message: ApexValue) => {
      if (!isInstance(value, describedType(type)))
        failed('', message, `Expected type: ${typeName(describedType(type))}`);
    },
    'isNotInstanceOfType/2': (value: ApexValue, type: ApexValue) => {
      if (isInstance(value, describedType(type))) failed('', null, '');
    },
    'isNotInstanceOfType/3': (value: ApexValue, type: ApexValue, message: ApexValue) => {
      if (isInstance(value, describedType(type))) failed('', message, '');
    },
    'fail/0': () => failed('', null, ''),
    'fail/1': (message: ApexValue) => failed('', message, ''),
  },
});

platformClass({
  name: 'System.Id',
  statics: {
    'valueOf/1': (text: string | null) => to18(text ?? throwNull()),
    'valueOf/2': (text: string | null) => to18(text ?? throwNull()),
  },
  methods: {
    'to15/0': (id: string) => id.slice(0, 15),
    'getSObjectType/0': (id: string) => {
      const object = current().org.schema.objectByPrefix(id.slice(0, 3));
      if (!object)
        throw platformException('System.SObjectException', `Cannot locate Apex Type for ID: ${id}`);
      return current().org.objectToken(object.name);
    },
    'equals/1': (id: string, other: ApexValue) =>
      typeof other === 'string' && isId(other) && to18(other) === to18(id),
    'toString/0': (id: string) => id,
  },
});

platformClass({
  name: 'System.Blob',
  statics: { 'valueOf/1': (text: string | null) => new ApexBlob(Buffer.from(text ?? throwNull(), 'utf8')) },
  methods: {
    'size/0': (blob: ApexBlob) => blob.bytes.length,
    'toString/0': (blob: ApexBlob) => blob.bytes.toString('utf8'),
  },
});

const user = (read: (context: ReturnType<typeof current>['user']) => ApexValue) => () => read(current().user);
platformClass({
  name: 'System.UserInfo',
  statics: {
    'getUserId/0': user((each) => each.id),
    'getName/0': user((each) => each.name),
    'getFirstName/0': user((each) => each.firstName),
    'getLastName/0': user((each) => each.lastName),
    'getUserName/0': user((each) => each.userName),
    'getUserEmail/0': user((each) => each.email),
    'getProfileId/0': user((each) => each.profileId),
    'getLocale/0': user((each) => each.locale),
    'getLanguage/0': user((each) => each.language),
    'getUserType/0': user((each) => each.type),
    'getUserRoleId/0': () => null,
    'getDefaultCurrency/0': () => 'USD',
    'getOrganizationId/0': () => current().org.organization.id,
    'getOrganizationName/0': () => current().org.organization.name,
    'isMultiCurrencyOrganization/0': () => false,
    'getSessionId/0': () => null,
    'getUiTheme/0': () => 'Theme4d',
    'getUiThemeDisplayed/0': () => 'Theme4d',
  },
});
platformClass({
  name: 'System.LoggingLevel',
  enumValues: ['NONE', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'FINE', 'FINER', 'FINEST', 'INTERNAL'],
});

const exception = (error: ApexException): ApexException => error;
platformClass({
  name: 'System.Exception',
  methods: {
    'getMessage/0': (error: ApexException) => error.text,
    'setMessage/1': (error: ApexException, message: string | null) => {
      error.apexMessage = message;
    },
    'getCause/0': (error: ApexException) => exception(error).apexCause,
    'initCause/1': (error: ApexException, cause: ApexException) => {
      error.apexCause = cause;
    },
    'getTypeName/0': (error: ApexException) => error.typeName,
    'getLineNumber/0': (error: ApexException) => error.frames()[0]?.line ?? 0,
    'getStackTraceString/0': (error: ApexException) => error.stackTrace(),
    'toString/0': (error: ApexException) => error.toString(),
    'getNumDml/0': (error: ApexException) => rows(error).length,
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
}

function rows(error: ApexException): readonly DmlFailure[] {
  const list = error.details.get('rows');
  return list instanceof ApexList ? (list.items as unknown as DmlFailure[]) : [];
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
      if (typeof parameter === 'string') made.apexMessage = parameter;
      else if (parameter instanceof ApexException) made.apexCause = parameter;
    }
    return made;
  };
for (const name of [
  'Async',
  'AuraHandled',
  'BigObject',
  'Callout',
  'DataWeaveScript',
  'Dml',
  'Email',
  'ExternalObject',
  'Final',
  'FinalizerJob',
  'Flow',
  'Handled',
  'HandlerInvocation',
  'IllegalArgument',
  'IllegalState',
  'InvalidParameterValue',
  'InvalidRead',
  'JSON',
  'LimitException',
  'List',
  'Math',
  'NoAccess',
  'NoDataFound',
  'NoSuchElement',
  'NullPointer',
  'Query',
  'Search',
  'Security',
  'Serialization',
  'SObject',
  'String',
  'Type',
  'UnexpectedException',
  'VisualforceException',
  'XmlException',
]) {
  const full = `System.${name.endsWith('Exception') ? name : `${name}Exception`}`;
  const made = construct(full);
  platformClass({ name: full, constructors: { 'new/0': made, 'new/1': made, 'new/2': made } });
}
