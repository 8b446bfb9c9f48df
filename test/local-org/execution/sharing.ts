import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { framesOf } from '../values/exception.ts';
import type { ClassInfo } from '../values/object.ts';
import type { LocalOrg } from '../org.ts';
import { current, type UserContext } from './transaction.ts';

/** What somebody may do with a record that is not everybody's. */
export type SharedAccess = 'Read' | 'Edit';

/**
 * Whether the sharing of records is held against the code that runs: the nearest class on the stack that says `with` or
 * `without sharing` decides; one that says `inherited sharing`, or nothing, leaves it to its caller. At the bottom,
 * `inherited` and anonymous Apex mean with, a class that says nothing and a trigger without. A class without words takes those of
 * the class it extends. (Apex Developer Guide, Use the with sharing, without sharing, and inherited sharing Keywords.)
 */
export function isSharingHeld(org: LocalOrg): boolean {
  let bottom = false;
  for (const { place } of framesOf(fullStack())) {
    if (place === 'AnonymousBlock') return true;
    if (place.startsWith('Trigger.')) return false;
    const sharing = sharingOf(classAt(org, place));
    if (sharing === 'with' || sharing === 'without') return sharing === 'with';
    bottom = sharing === 'inherited';
  }
  return bottom;
}

/** V8 keeps ten frames unless it is told to keep more. */
function fullStack(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  const { stack } = new Error();
  Error.stackTraceLimit = before;
  return stack ?? '';
}

/** `Class.Outer.Inner.method` → the class Outer.Inner. */
function classAt(org: LocalOrg, place: string): ClassInfo | undefined {
  const names = place.toLowerCase().split('.').slice(1);
  for (let length = names.length; length > 0; length--) {
    const found = org.program.classes.get(names.slice(0, length).join('.'));
    if (found) return found;
  }
  return undefined;
}

function sharingOf(info: ClassInfo | undefined): ClassInfo['sharing'] {
  for (let at: ClassInfo | null = info ?? null; at; at = at.superclass)
    if (at.sharing !== 'unspecified') return at.sharing;
  return 'unspecified';
}

/** Profiles that see and change every record. */
function seesEverything(org: LocalOrg, user: UserContext, access: SharedAccess): boolean {
  const profile = org.store.get('Profile', user.profileId);
  return (
    profile?.get('permissionsmodifyalldata') === true ||
    (access === 'Read' && profile?.get('permissionsviewalldata') === true)
  );
}

/**
 * What lets a record through for the user of a transaction, or null where no record of the object is held back from anybody: its
 * owner, those above the owner in the hierarchy of roles, and those it was shared with have access. (Apex Developer Guide,
 * Understanding Sharing.)
 */
export function sharingFilter(
  org: LocalOrg,
  object: ObjectSchema,
  access: SharedAccess,
  user: UserContext = current().user,
): ((row: StoredRecord) => boolean) | null {
  const model = org.schema.sharingModel(object.name);
  const isOpen = model === 'ReadWrite' || (model === 'Read' && access === 'Read');
  if (isOpen || seesEverything(org, user, access)) return null;
  const own = new Set([user.id, ...groupsOf(org, user.id), ...subordinatesOf(org, user.id)]);
  const reached = new Set([user.id, ...groupsOf(org, user.id)]);
  return (row) => own.has(String(row.get('ownerid'))) || isShared(org, object, row, access, reached);
}

/** Groups and queues that a user is in, directly or by a group in a group. */
function groupsOf(org: LocalOrg, member: string, known = new Set<string>()): Set<string> {
  for (const row of org.store.findBy('GroupMember', 'UserOrGroupId', member)) {
    const group = String(row.get('groupid'));
    if (row.get('isdeleted') === true || known.has(group)) continue;
    known.add(group);
    groupsOf(org, group, known);
  }
  return known;
}

/** Users whose role stands below that of a user. */
function subordinatesOf(org: LocalOrg, userId: string): string[] {
  const role = org.store.get('User', userId)?.get('userroleid');
  const below = (parent: string): string[] =>
    org.store
      .findBy('UserRole', 'ParentRoleId', parent)
      .map((row) => String(row.get('id')))
      .flatMap((id) => [id, ...below(id)]);
  if (typeof role !== 'string') return [];
  return below(role).flatMap((id) =>
    org.store.findBy('User', 'UserRoleId', id).map((row) => String(row.get('id'))),
  );
}

function isShared(
  org: LocalOrg,
  object: ObjectSchema,
  row: StoredRecord,
  access: SharedAccess,
  reached: ReadonlySet<string>,
): boolean {
  const isCustom = /__c$/i.test(object.name);
  const table = isCustom ? object.name.replace(/__c$/i, '__Share') : `${object.name}Share`;
  const [key, level] = isCustom
    ? ['ParentId', 'accesslevel']
    : [`${object.name}Id`, `${object.name.toLowerCase()}accesslevel`];
  if (!org.schema.object(table)?.fields.has(key.toLowerCase())) return false;
  return org.store
    .findBy(table, key, row.get('id') ?? null)
    .some(
      (share) =>
        share.get('isdeleted') !== true &&
        reached.has(String(share.get('userorgroupid'))) &&
        (access === 'Read' || share.get(level) === 'Edit' || share.get(level) === 'All'),
    );
}
