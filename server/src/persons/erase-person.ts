import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ConsentKeys } from '../consent/consent-keys.ts';
import { knexSession, type Session } from '../database/session.ts';
import { lock } from '../database/locks.ts';
import { unprocessable } from '../http/problem.ts';
import { identifyIn, identitiesOf } from '../records/record-identities.ts';
import { addErasure, type Requester } from './erasures.ts';
import { contactsByKey } from './find-contacts.ts';
import { findPerson, type Who } from './find-person.ts';
import { marksOf } from './marks.ts';
import type { Erased, Fate, OtherRows, Person, PersonPart } from './person.ts';

/** What an erasure is asked for. */
export interface ErasureRequest {
  readonly who: Who;
  /** Of rows of other tables: one fate for all, or one by table. */
  readonly otherTables?: Fate | Readonly<Record<string, Fate>> | undefined;
  readonly isDryRun: boolean;
}

export interface ErasureResult extends Erased {
  /** The receipt; null of a dry run, and where nothing was held. */
  readonly id: string | null;
  readonly person: Person;
}

/** Takes back what a trial has done, and carries out what it was. */
class TakenBack extends Error {
  readonly result: ErasureResult;
  constructor(result: ErasureResult) {
    super('taken back');
    this.result = result;
  }
}

/**
 * Erases a person in the caller's transaction: all of it, or nothing. A dry run does the same and takes it back, so that its
 * counts are those of the erasure. Throws 404, 409 and 422 problems.
 */
export async function erasePerson(
  transaction: Knex,
  keys: ConsentKeys,
  parts: readonly PersonPart[],
  requester: Requester,
  projectCode: string,
  request: ErasureRequest,
): Promise<ErasureResult> {
  const found = await findPerson(transaction, requester.accountId, projectCode, request.who);
  const decided = decide(found, request);
  try {
    return await transaction.transaction(async (inner) => {
      const session = knexSession(inner);
      const person = await hold(inner, decided);
      const id = randomUUID();
      const done = await eraseParts(session, parts, person, id);
      if (request.isDryRun || done.erased.length === 0) throw new TakenBack({ ...done, id: null, person });
      const [hash] = await marksOf(session, keys, person);
      if (!hash) throw new Error('Somebody was erased who is known by nothing.');
      await addErasure(inner, requester, { id, projectId: person.project.id, hash, ...done });
      return { ...done, id, person };
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.result;
    throw error;
  }
}

async function eraseParts(
  session: Session,
  parts: readonly PersonPart[],
  person: Person,
  erasureId: string,
): Promise<Erased> {
  const done: Erased[] = [];
  for (const part of parts) done.push(await part.erase(session, person, erasureId));
  return { erased: done.flatMap(({ erased }) => erased), kept: done.flatMap(({ kept }) => kept) };
}

/** Rows of other tables have a fate each. Throws a 422 problem that lists those nobody has decided on. */
function decide(person: Person, { otherTables, isDryRun }: ErasureRequest): Person {
  const fateOf = (table: string): Fate | null =>
    typeof otherTables === 'string' ? otherTables : (otherTables?.[table] ?? null);
  const others = person.others.map((other): OtherRows => ({ ...other, fate: fateOf(other.table.code) }));
  const open = others.filter(({ fate }) => fate === null);
  if (open.length > 0 && !isDryRun) {
    const tables = open.map(({ table, keys, columns }) => ({
      table: table.code,
      rows: keys.length,
      columns,
    }));
    throw unprocessable(
      'other-tables-undecided',
      `Rows of ${tables.map(({ table, rows }) => `${table} (${rows})`).join(', ')} refer to the person or hold an address: say in otherTables whether to delete, blank or keep them.`,
      { tables },
    );
  }
  return { ...person, others };
}

/**
 * Has the person's tables to itself until the transaction ends, as a batch with deletes does, and reads again what may have
 * changed since the person was looked for. Every row that goes has an identity then: triggers that note its deletion find it.
 */
async function hold(transaction: Knex, person: Person): Promise<Person> {
  const session = knexSession(transaction);
  const going = person.others.filter(({ fate }) => fate === 'delete');
  const touched = person.others.filter(({ fate }) => fate === 'delete' || fate === 'blank');
  const tables = [person.table.id, ...touched.map(({ table }) => table.id)];
  for (const id of tables.sort()) await lock(transaction, id);
  const contacts = await contactsByKey(session, person.project, person.table, person.keys);
  const own = await identifiedWith(
    session,
    person.table.id,
    contacts.map(({ key }) => key),
  );
  const ofOthers: string[] = [];
  for (const { table, keys: rows } of going)
    ofOthers.push(...(await identifiedWith(session, table.id, rows)));
  const identities = [...own, ...ofOthers];
  await session.query('SELECT FROM di.record_identity WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [
    identities,
  ]);
  const goingTables = new Set([person.table.id, ...going.map(({ table }) => table.id)]);
  return {
    ...person,
    contacts,
    identities,
    records: person.records.filter(({ tableId }) => goingTables.has(tableId)),
  };
}

async function identifiedWith(
  session: Session,
  tableId: string,
  keys: Parameters<typeof identifyIn>[2],
): Promise<string[]> {
  await identifyIn(session, tableId, keys);
  return identitiesOf(session, tableId, keys);
}
