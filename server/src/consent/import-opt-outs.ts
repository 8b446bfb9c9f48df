import type { Readable } from 'node:stream';
import { CsvError, parse, type Parser } from 'csv-parse';
import type { Knex } from 'knex';
import { quoteIdentifier } from '../database/identifiers.ts';
import { knexSession, type Session } from '../database/session.ts';
import { badRequest } from '../http/problem.ts';
import { Refusal } from '../values/check-value.ts';
import { identifyIn, type RecordKey } from '../people/record-identities.ts';
import { keyObject } from '../people/record-keys.ts';
import { normalizedAddress } from '../values/email-address.ts';
import { unguarded } from '../values/formula-guard.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { findContacts, holdContacts, type Contacts } from './contacts.ts';
import { currentMoment } from './moments.ts';
import type { OptIn } from './opt-ins.ts';
import { readHeader, readLine, type Line, type LineContext, type OptOut } from './opt-out-lines.ts';
import type { ConsentAct, ConsentActor } from './consent-act.ts';
import { recordConsent } from './record-consent.ts';

/** Lines that are carried out in one transaction: each is short, and a broken upload keeps what came before. */
const PORTION = 1000;
/** Rejected lines that are told one by one. */
const MOST_REJECTED = 100;
const MOST_BYTES_OF_LINE = 20_000;

/** What an import did. */
export interface OptOutCounts {
  lines: number;
  /** Lines that withdrew something. */
  withdrawn: number;
  /** Lines whose opt-ins were withdrawn already. */
  unchanged: number;
  /** Lines that something newer of the person has overtaken. */
  overruled: number;
  /** Of all those: people who are not there, kept for when they come. */
  unknownContacts: number;
  /** Columns that were not read. */
  ignoredColumns: readonly string[];
  rejected: number;
  readonly rejectedLines: { line: number; code: string; message: string }[];
}

export interface ImportContext extends LineContext {
  readonly projectId: string;
  readonly keys: ConsentKeys;
  readonly actor: ConsentActor;
  /** What the proof says of the file. */
  readonly name: string;
}

/**
 * Withdraws what a CSV says, as it comes. Columns: `address`, or the primary key's own; and if wanted `optIn`, `date`,
 * `reason`. Somebody who is not there yet is known by the key from then on, and has withdrawn when they come.
 */
export async function importOptOuts(
  knex: Knex,
  context: ImportContext,
  csv: Readable,
): Promise<OptOutCounts> {
  const counts: OptOutCounts = {
    lines: 0,
    withdrawn: 0,
    unchanged: 0,
    overruled: 0,
    unknownContacts: 0,
    ignoredColumns: [],
    rejected: 0,
    rejectedLines: [],
  };
  const parser = readInto(
    csv,
    parse({
      bom: true,
      columns: (header: string[]) => {
        const { columns, ignored } = readHeader(
          context.contacts,
          context.optIn,
          header.map((name) => unguarded(name.trim())),
        );
        counts.ignoredColumns = ignored;
        return [...columns];
      },
      cast: (value) => unguarded(value.trim()),
      info: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: MOST_BYTES_OF_LINE,
    }),
  );
  let portion: Line[] = [];
  try {
    for await (const found of parser as AsyncIterable<{
      info: { lines: number };
      record: Record<string, string>;
    }>) {
      portion.push({ line: found.info.lines, values: found.record });
      if (portion.length < PORTION) continue;
      await carryOut(knex, context, portion, counts);
      portion = [];
    }
  } catch (error) {
    // What is still on its way is let go, so that the answer can be read.
    csv.unpipe(parser).resume();
    throw error instanceof CsvError
      ? badRequest('invalid-csv', `${error.message}. ${counts.lines} lines before it were carried out.`)
      : error;
  }
  if (portion.length > 0) await carryOut(knex, context, portion, counts);
  return counts;
}

/** Ends a reading whose sender went away: it would wait for ever. */
function readInto(csv: Readable, parser: Parser): Parser {
  csv.once('close', () => {
    if (!csv.readableEnded) parser.destroy(badRequest('incomplete-body', 'The upload ended before its end.'));
  });
  return csv.pipe(parser);
}

async function carryOut(
  knex: Knex,
  context: ImportContext,
  lines: readonly Line[],
  counts: OptOutCounts,
): Promise<void> {
  await knex.transaction(async (transaction) => {
    const session = knexSession(transaction);
    const now = await currentMoment(session);
    const read = lines.flatMap((line) => {
      const optOut = readLine(context, line, now);
      if (!(optOut instanceof Refusal)) return [optOut];
      reject(counts, line.line, optOut);
      return [];
    });
    const people = await findPeople(transaction, context.contacts, read, counts);
    const ids = await identifyIn(
      session,
      context.contacts.tableId,
      people.map(({ key }) => key),
    );
    const acts: { line: number; act: ConsentAct }[] = [];
    for (const [place, { optOut, key, address }] of people.entries()) {
      const hash = address === null ? null : await context.keys.hashAddress(session, address);
      for (const optIn of optOut.optIns)
        acts.push({ line: optOut.line, act: actOf(context, optOut, optIn, key, ids[place] ?? '', hash) });
    }
    const results = await recordConsent(
      session,
      context.projectId,
      acts.map(({ act }) => act),
      { changesOnly: true },
    );
    const outcomes = new Map<number, string>();
    results.forEach(({ outcome, isReplay }, place) => {
      const line = acts[place]?.line ?? 0;
      const had = outcomes.get(line);
      const has = isReplay ? 'unchanged' : outcome;
      if (had === undefined || had === 'unchanged' || has === 'applied') outcomes.set(line, has);
    });
    for (const outcome of outcomes.values())
      counts[outcome === 'applied' ? 'withdrawn' : outcome === 'overruled' ? 'overruled' : 'unchanged'] += 1;
  });
  counts.lines += lines.length;
}

function reject(counts: OptOutCounts, line: number, { code, message }: Refusal): void {
  counts.rejected += 1;
  if (counts.rejectedLines.length < MOST_REJECTED) counts.rejectedLines.push({ line, code, message });
}

interface Found {
  readonly optOut: OptOut;
  readonly key: RecordKey;
  readonly address: string | null;
}

/** Whom each line is about: everybody who has its address, however it is written, or whoever has its key. */
async function findPeople(
  knex: Knex,
  contacts: Contacts,
  optOuts: readonly OptOut[],
  counts: OptOutCounts,
): Promise<Found[]> {
  const addresses = optOuts.flatMap(({ address }) => address ?? []);
  const byAddress = await contactsByAddress(knexSession(knex), contacts, addresses);
  const keyed = optOuts.flatMap(({ key }) => (key === null ? [] : [key]));
  await holdContacts(knexSession(knex), contacts, keyed);
  const known = await findContacts(knex, contacts, keyed);
  const isKnown = new Map(keyed.map((key, place) => [key, known[place]]));
  return optOuts.flatMap((optOut) => {
    const rows = byAddress.get(optOut.address ?? '') ?? [];
    const people: Found[] = rows.map(({ key, address }) => ({ optOut, key, address }));
    const own = optOut.key === null ? undefined : isKnown.get(optOut.key);
    const isAmong = people.some(({ key }) => isSameKey(contacts, key, optOut.key));
    // Somebody who is there under the address in another spelling is who is meant.
    if (optOut.key !== null && !isAmong && (own?.isKnown === true || people.length === 0))
      people.push({ optOut, key: optOut.key, address: own?.address ?? optOut.address });
    if (rows.length === 0 && own?.isKnown !== true) {
      if (optOut.key === null) {
        reject(
          counts,
          optOut.line,
          new Refusal(
            'unknown-address',
            `No contact has the address ${optOut.address ?? ''}; give the primary key.`,
          ),
        );
      } else counts.unknownContacts += 1;
    }
    return people;
  });
}

function isSameKey({ key }: Contacts, one: RecordKey, other: RecordKey | null): boolean {
  return other !== null && key.every(({ name }) => one[name] === other[name]);
}

/** Rows by their address, in the one spelling of its mailbox. */
async function contactsByAddress(
  session: Session,
  { table, key, address }: Contacts,
  addresses: readonly string[],
): Promise<Map<string, { key: RecordKey; address: string }[]>> {
  const found = new Map<string, { key: RecordKey; address: string }[]>();
  if (address === null || addresses.length === 0) return found;
  const column = `r.${quoteIdentifier(address.name)}`;
  const rows = await session.query<{ record_key: RecordKey; address: string }>(
    `SELECT ${keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`)} AS record_key, ${column} AS address
     FROM ${table} r WHERE lower(${column}) IN (SELECT lower(a) FROM unnest($1::text[]) AS u (a))
     FOR KEY SHARE OF r`,
    [[...new Set(addresses)]],
  );
  for (const row of rows) {
    const mailbox = normalizedAddress(row.address);
    found.set(mailbox, [...(found.get(mailbox) ?? []), { key: row.record_key, address: row.address }]);
  }
  return found;
}

function actOf(
  context: ImportContext,
  optOut: OptOut,
  optIn: OptIn,
  recordKey: RecordKey,
  identityId: string,
  addressHash: Buffer | null,
): ConsentAct {
  return {
    optInId: optIn.id,
    identityId,
    asked: 'withdrawn',
    source: 'import',
    actor: context.actor,
    occurredAt: optOut.occurredAt,
    pendingUntil: null,
    reference: optOut.digest === null ? null : `import ${optOut.digest} ${identityId} ${optIn.code}`,
    recordKey,
    addressHash,
    proof: { file: context.name, line: optOut.line },
    note: optOut.reason,
  };
}
