import type { LocalOrg } from '../org.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { dmlStatement } from './dml.ts';
import { current, type UserContext } from './transaction.ts';

/** The user with that id, as code runs as. */
export function userContext(org: LocalOrg, id: string): UserContext {
  const row =
    org.store.get('User', id) ?? throwPlatform('System.NoDataFoundException', `There is no user ${id}`);
  const text = (field: string, otherwise: string): string => {
    const value = row.get(field);
    return typeof value === 'string' ? value : otherwise;
  };
  return {
    id,
    name: text('name', ''),
    firstName: text('firstname', '') || null,
    lastName: text('lastname', ''),
    userName: text('username', ''),
    email: text('email', ''),
    locale: text('localesidkey', 'en_US'),
    language: text('languagelocalekey', 'en_US'),
    timeZone: text('timezonesidkey', 'GMT'),
    profileId: text('profileid', ''),
    type: text('usertype', 'Standard'),
  };
}

/** System.runAs: the transaction goes on as the user; the answer is what leaves it again. */
export function enterRunAs(user: ApexValue): unknown {
  const transaction = current();
  const saved = { user: transaction.user, touched: transaction.touched };
  // runAs of a version of a package changes nothing here; null is refused.
  if (user === null) throwNull();
  if (user instanceof ApexSObject) {
    transaction.touched = { setup: null, other: null };
    // A user that is not in the org yet is created by runAs. (Apex Developer Guide, Using the runAs Method.)
    if (user.id === null) dmlStatement('insert', user, null);
    transaction.user = transaction.org.user(user.id ?? throwNull());
    transaction.touched = { setup: null, other: null };
  }
  return saved;
}
