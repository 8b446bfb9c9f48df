import type { Session } from '../database/session.ts';
import type { Project } from '../projects/projects.ts';
import type { BuiltTable } from '../projects/tables.ts';
import type { RecordKey } from '../records/record-identities.ts';
import { shortId } from '../values/salesforce-id.ts';

/** A contact, or somebody who is known by a contact's key and has no row. */
export interface FoundContact {
  readonly key: RecordKey;
  readonly hasRow: boolean;
  readonly isArchived: boolean;
  /** In small letters, each once: of the row's e-mail columns, and of the key where that has one. */
  readonly addresses: readonly string[];
  /** The record of Salesforce that the row came from. */
  readonly recordId: string | null;
}

/** What becomes of rows of other tables that refer to a contact or hold its address. */
export const FATES = ['delete', 'blank', 'keep'] as const;
export type Fate = (typeof FATES)[number];

/** Rows of a table that is not the contacts table. */
export interface OtherRows {
  readonly table: BuiltTable;
  /** Columns that refer to the contact, or hold an address of it. */
  readonly columns: readonly string[];
  readonly keys: readonly RecordKey[];
  readonly recordIds: readonly string[];
  /** Null as long as nobody has said it. */
  readonly fate: Fate | null;
}

/** Everything that a person is known by in a project. */
export interface Person {
  readonly accountId: string;
  readonly project: Project;
  /** The table of the contacts. */
  readonly table: BuiltTable;
  readonly contacts: readonly FoundContact[];
  /** Keys of those contacts, and of those that were named and are gone: rows of other tables may still refer to them. */
  readonly keys: readonly RecordKey[];
  /** In small letters: those that no other contact has. */
  readonly addresses: readonly string[];
  /** Those that other contacts have too: what is known by them only may be somebody else's. */
  readonly sharedAddresses: readonly string[];
  readonly others: readonly OtherRows[];
  /** In di.record_identity: the contacts, those who were merged into them, and rows of other tables that are theirs. */
  readonly identities: readonly string[];
  /** Records of Salesforce by table. */
  readonly records: readonly { readonly tableId: string; readonly ids: readonly string[] }[];
}

/** How much of what went from one place, or stays there. */
export interface Place {
  /** A stable word: `rows`, `deliveries`, … */
  readonly place: string;
  /** Where the place is a table of the project, its code. */
  readonly table: string | null;
  readonly count: number;
}

export interface KeptPlace extends Place {
  readonly code: string;
  readonly reason: string;
}

export interface Erased {
  readonly erased: readonly Place[];
  readonly kept: readonly KeptPlace[];
}

/** A concern's part of what is held of a person. */
export interface PersonPart {
  readonly name: string;
  /** Tables of schema di that it answers for. */
  readonly tables: readonly string[];
  /** All that the concern holds of the person, as JSON. */
  export(session: Session, person: Person): Promise<unknown>;
  /** Erases it, in the caller's transaction. Throws a problem where something has to be done first. */
  erase(session: Session, person: Person, erasureId: string): Promise<Erased>;
}

/** A place that something went from; nothing where there was nothing. */
export function placed(place: string, count: number, table: string | null = null): Place[] {
  return count === 0 ? [] : [{ place, table, count }];
}

/** Ids of every record of Salesforce that is the person's, whatever its table, as reports write them too. */
export function recordIdsOf(person: Pick<Person, 'records'>): string[] {
  return [...new Set(person.records.flatMap(({ ids }) => ids.flatMap((id) => [id, shortId(id)])))];
}
