import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import type { BuildFollower } from '../projects/build.ts';
import { z } from 'zod';
import { checkLowering, type LoweringRule } from '../consent/lowering-rules.ts';
import type { OptIn } from '../consent/opt-ins.ts';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import { CONTACTS, type BuiltTable } from '../projects/tables.ts';
import { misfitsOf, type Misfit } from './compatibility.ts';
import { fieldsOf, mappingSchema, type MappingEntry } from '../projects/mapping-schema.ts';
import { findDescription } from './object-descriptions.ts';

export const TRANSFER_STATUSES = ['draft', 'active', 'paused'] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** A transfer as the plugin sees it. */
export const transferSummary = z.object({
  table: z.string(),
  object: z.string(),
  status: z.enum(TRANSFER_STATUSES),
  fields: mappingSchema,
});

export interface Transfer {
  readonly id: string;
  readonly connectionId: string;
  readonly projectId: string;
  readonly tableId: string;
  readonly table: string;
  readonly object: string;
  readonly status: TransferStatus;
  readonly mapping: readonly MappingEntry[];
  /** What of a record withdraws its person's consent. */
  readonly consent: readonly LoweringRule[];
  /** Salesforce fields of the plugin's last batch, beside Id and SystemModstamp; none before its first. */
  readonly sentFields: readonly string[];
  /** Records without a primary key. */
  readonly leftOut: number;
  /** Rows that show an older version of their record, since a later one was refused. */
  readonly outdated: number;
}

interface TransferRow {
  readonly id: string;
  readonly connection_id: string;
  readonly project_id: string;
  readonly table_id: string;
  readonly code: string;
  readonly object: string;
  readonly status: TransferStatus;
  readonly mapping: MappingEntry[];
  readonly consent: LoweringRule[];
  readonly sent_fields: string[] | null;
  readonly left_out: number;
  readonly outdated: number;
}

/** Transfers of an account: which object's records go to which table, and how their fields are called there. */
export class Transfers {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a draft. Throws what is wrong with the mapping. */
  async create(
    connectionId: string,
    table: BuiltTable,
    object: string,
    mapping: readonly MappingEntry[],
  ): Promise<string> {
    checkMapping(table, mapping);
    const same = await this.#knex('di.transfer')
      .where({ connection_id: connectionId, table_id: table.id })
      .whereRaw('lower(object) = lower(?)', [object])
      .first<{ id: string } | undefined>('id');
    if (same) throw conflict('transfer-exists', say('transfers.exists', { object, table: table.code }));
    const [row] = await this.#knex('di.transfer')
      .insert({ connection_id: connectionId, table_id: table.id, object, mapping: JSON.stringify(mapping) })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The transfer was not stored.');
    return row.id;
  }

  async list(): Promise<Transfer[]> {
    const rows = await this.#all()
      .orderBy('t.created_at')
      .select<TransferRow[]>([...COLUMNS, ...this.#counts()]);
    return rows.map(transferOf);
  }

  async find(id: string): Promise<Transfer> {
    const row = await this.#all()
      .where('t.id', id)
      .first<TransferRow | undefined>([...COLUMNS, ...this.#counts()]);
    if (!row) throw notFound(`transfer ${id}`);
    return transferOf(row);
  }

  /** Puts another mapping in the place of the present one. */
  async remap(transfer: Transfer, table: BuiltTable, mapping: readonly MappingEntry[]): Promise<void> {
    checkMapping(table, mapping);
    keepConsentFields(transfer, mapping);
    await this.#update(transfer, { mapping: JSON.stringify(mapping) });
  }

  /** Throws a 422 problem for a rule that could not be followed. */
  async setConsent(
    transfer: Transfer,
    rules: readonly LoweringRule[],
    optIns: readonly OptIn[],
  ): Promise<void> {
    const mappedFields = transfer.mapping.flatMap(fieldsOf);
    checkLowering(
      rules,
      { object: transfer.object, mappedFields, isOfContacts: transfer.table === CONTACTS },
      optIns,
    );
    await this.#update(transfer, { consent: JSON.stringify(rules) });
  }

  async setStatus(transfer: Transfer, status: TransferStatus): Promise<void> {
    await this.#update(transfer, { status });
  }

  /** The version moves with every change, so that every copy of the server reads the transfer again. */
  async #update(transfer: Transfer, change: Record<string, unknown>): Promise<void> {
    await this.#knex('di.transfer')
      .where({ id: transfer.id })
      .update({ ...change, version: this.#knex.raw('version + 1') });
  }

  #counts(): Knex.Raw[] {
    return [
      this.#knex.raw('(SELECT count(*)::int FROM di.left_out l WHERE l.transfer_id = t.id) AS left_out'),
      this.#knex.raw(
        `(SELECT count(*)::int FROM di.batch_fault f WHERE f.connection_id = t.connection_id
            AND f.table_code = p.built->>'code' AND f.object = lower(t.object) AND f.is_outdated) AS outdated`,
      ),
    ];
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.transfer as t')
      .join('di.project_table as p', 'p.id', 't.table_id')
      .join('di.connection as c', 'c.id', 't.connection_id')
      .where('c.account_id', this.#accountId);
  }
}

const COLUMNS = [
  't.id',
  't.connection_id',
  'p.project_id',
  't.table_id',
  'p.code',
  't.object',
  't.status',
  't.mapping',
  't.consent',
  't.sent_fields',
];

function transferOf(row: TransferRow): Transfer {
  return {
    id: row.id,
    connectionId: row.connection_id,
    projectId: row.project_id,
    tableId: row.table_id,
    table: row.code,
    object: row.object,
    status: row.status,
    mapping: row.mapping,
    consent: row.consent,
    sentFields: row.sent_fields ?? [],
    leftOut: row.left_out,
    outdated: row.outdated,
  };
}

/** What the plugin is told of a connection's transfers. */
export async function transfersOfConnection(
  knex: Knex,
  connectionId: string,
): Promise<z.output<typeof transferSummary>[]> {
  const rows = await knex('di.transfer as t')
    .join('di.project_table as p', 'p.id', 't.table_id')
    .where('t.connection_id', connectionId)
    .orderBy('t.created_at')
    .select<TransferRow[]>(
      // What the plugin calls the table is what it was built as.
      knex.raw("coalesce(p.built->>'code', p.code) AS code"),
      't.object',
      't.status',
      't.mapping',
    );
  return rows.map((row) => ({
    table: row.code,
    object: row.object,
    status: row.status,
    fields: row.mapping,
  }));
}

/** Objects whose transfers, whatever their status, write a column. */
export async function transfersUsing(knex: Knex, tableId: string, column: string): Promise<string[]> {
  const rows = await knex('di.transfer')
    .where({ table_id: tableId })
    .whereRaw('mapping @> ?::jsonb', [JSON.stringify([{ column }])])
    .select<{ object: string }[]>('object');
  return rows.map((row) => row.object);
}

/** How a transfer's pairs fit, by what the org has said of its object; null where it has said nothing yet. */
export async function transferMisfits(
  knex: Knex,
  transfer: Pick<Transfer, 'connectionId' | 'object' | 'mapping'>,
  table: BuiltTable,
): Promise<Misfit[] | null> {
  const described = await findDescription(knex, transfer.connectionId, transfer.object);
  return described && misfitsOf(transfer.mapping, table.fields, described);
}

/** Throws a 422 problem where a field that withdraws consent would no longer come. */
function keepConsentFields(transfer: Transfer, mapping: readonly MappingEntry[]): void {
  const mapped = new Set(mapping.flatMap(fieldsOf).map((name) => name.toLowerCase()));
  const lost = transfer.consent.find((rule) => !mapped.has(rule.salesforceField.toLowerCase()));
  if (lost)
    throw unprocessable(
      'field-withdraws-consent',
      say('transfers.withdraws-consent', { field: lost.salesforceField }),
    );
}

/** Throws a 422 problem for a mapping that the table cannot take. */
export function checkMapping(table: BuiltTable, mapping: readonly MappingEntry[]): void {
  const columns = new Set(
    table.fields.filter((field) => field.isArchived !== true).map((field) => field.name),
  );
  const seen = { columns: new Set<string>(), fields: new Set<string>() };
  for (const entry of mapping) {
    const { column } = entry;
    if (!columns.has(column))
      throw unprocessable('unknown-column', say('transfers.unknown-column', { table: table.code, column }));
    if (seen.columns.has(column))
      throw unprocessable('column-mapped-twice', say('transfers.mapped-twice', { field: column }));
    seen.columns.add(column);
    if (entry.onlyWhenEmpty === true && table.primaryKey.includes(column))
      throw unprocessable('key-only-when-empty', say('transfers.key-only-when-empty', { column }));
    if (!('salesforceField' in entry)) continue;
    const [field = ''] = fieldsOf(entry).map((name) => name.toLowerCase());
    if (seen.fields.has(field))
      throw unprocessable(
        'field-mapped-twice',
        say('transfers.mapped-twice', { field: entry.salesforceField }),
      );
    seen.fields.add(field);
  }
  const missing = table.primaryKey.filter((column) => !seen.columns.has(column));
  if (missing.length > 0)
    throw unprocessable(
      'primary-key-missing',
      say('transfers.key-not-mapped', { fields: missing.join(', ') }),
    );
  const required = table.fields
    .filter((field) => field.required && field.default === null && columns.has(field.name))
    .map((field) => field.name)
    .filter((name) => !seen.columns.has(name));
  if (required.length > 0)
    throw unprocessable(
      'required-field-missing',
      say('transfers.required-not-mapped', { fields: required.join(', ') }),
    );
}

/** Mappings name the columns of their table. */
export const followRenamedColumns: BuildFollower = { columnsRenamed: renameInMappings };

async function renameInMappings(
  transaction: Knex,
  { id: tableId }: { readonly id: string },
  renamed: ReadonlyMap<string, string>,
): Promise<void> {
  const transfers = await transaction('di.transfer')
    .where({ table_id: tableId })
    .forUpdate()
    .select<{ id: string; mapping: { column: string }[] }[]>('id', 'mapping');
  for (const { id, mapping } of transfers) {
    const moved = mapping.map((entry) => ({ ...entry, column: renamed.get(entry.column) ?? entry.column }));
    await transaction('di.transfer')
      .where({ id })
      .update({ mapping: JSON.stringify(moved), version: transaction.raw('version + 1') });
  }
}
