import { isUtf8 } from 'node:buffer';
import { ApexBlob, ApexDate, ApexDatetime } from '../values/dates.ts';
import { apexEquals, valueHash } from '../values/equality.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { isId, to18 } from '../values/ids.ts';
import type { ApexValue } from '../values/object.ts';
import { apexToString } from '../values/text.ts';
import { typeName } from '../values/type-ref.ts';
import { current } from '../execution/transaction.ts';
import { isInstance } from '../language/runtime/types.ts';
import { platformClass } from './registry.ts';
import { describedType } from './types.ts';

function failed(kind: string, message: ApexValue, detail: string): never {
  const text = message === null ? '' : `: ${apexToString(message)}`;
  throw platformException(
    'System.AssertException',
    `Assertion Failed${text}${detail === '' ? '' : `: ${detail}`}${kind}`,
  );
}

/**
 * `==` of two values as assertions use it: text with its case, Ids of 15 and of 18 characters alike, moments by their seconds
 * (seen in public tests that compare System.now() with what a record kept of it).
 */
const same = (left: ApexValue, right: ApexValue): boolean =>
  apexEquals(left, right) || sameId(left, right) || sameSecond(left, right);
const sameSecond = (left: ApexValue, right: ApexValue): boolean =>
  left instanceof ApexDatetime && right instanceof ApexDatetime && left.stored.time === right.stored.time;
const sameId = (left: ApexValue, right: ApexValue): boolean =>
  typeof left === 'string' &&
  typeof right === 'string' &&
  left.length + right.length === 15 + 18 &&
  isId(left) &&
  isId(right) &&
  to18(left) === to18(right);
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
    'toString/0': (blob: ApexBlob) =>
      isUtf8(blob.bytes)
        ? blob.bytes.toString('utf8')
        : throwPlatform('System.StringException', 'BLOB is not a valid UTF-8 string'),
  },
});

const roleOf = (userId: string): ApexValue =>
  current().org.store.get('User', userId)?.get('userroleid') ?? null;
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
    'getUserRoleId/0': user((each) => roleOf(each.id)),
    'getDefaultCurrency/0': () => 'USD',
    'getOrganizationId/0': () => current().org.organization.id,
    'getOrganizationName/0': () => current().org.organization.name,
    'isMultiCurrencyOrganization/0': () => current().org.schema.features.severalCurrencies,
    // A test has no session, and a text that says so. (DLRS, CustomMetadataServiceTest.)
    'getSessionId/0': () =>
      current().test ? `${current().org.organization.id.slice(0, 15)}!ApexTestSession` : null,
    'getUiTheme/0': () => 'Theme4d',
    'getUiThemeDisplayed/0': () => 'Theme4d',
  },
});
platformClass({
  name: 'System.LoggingLevel',
  // From everything to errors only, as packages compare ordinals.
  enumValues: ['NONE', 'INTERNAL', 'FINEST', 'FINER', 'FINE', 'DEBUG', 'INFO', 'WARN', 'ERROR'],
});
