import { quoteIdentifier, quoteLiteral, quoteTable } from '../../database/identifiers.ts';
import { calledFunction, functionSql, type TriggerFunction } from '../../database/trigger-functions.ts';
import { editedRows, keyOf, lookedUpElsewhere } from './which-rows-edited.sql.ts';
import { markInsertedSql, markUpdatedSql, releaseMarkSql } from './mark-edited.sql.ts';
import { IS_KEPT, SENT_AGAIN, WANTS_RECORD } from './unreached.sql.ts';
import type { Watch, WatchedTable } from './watch.ts';

const OPERATIONS = ['insert', 'update', 'delete'] as const;
type Operation = (typeof OPERATIONS)[number];

const TRANSITIONS: Readonly<Record<Operation, string>> = {
  insert: 'NEW TABLE AS changed',
  update: 'OLD TABLE AS before NEW TABLE AS changed',
  delete: 'OLD TABLE AS before',
};

const triggerName = (operation: Operation): string => `di_deliver_${operation}`;

const functionName = (table: WatchedTable, operation: Operation): string =>
  `capture_${table.id.replaceAll('-', '')}_${operation}`;

/**
 * What the triggers do where a record already waits in the outbox: one delivery stands for all its changes, and a dead one
 * lives again, since another value may be taken.
 */
export const COALESCE = `
  ON CONFLICT (integration_id, identity_id) DO UPDATE SET
    row_change = di.coalesced_change(d.row_change, EXCLUDED.row_change),
    base = di.coalesced_base(d.row_change, d.base, EXCLUDED.row_change, EXCLUDED.base),
    edited_at = coalesce(d.edited_at, '{}') || coalesce(EXCLUDED.edited_at, '{}'),
    is_consent_changed = d.is_consent_changed OR EXCLUDED.is_consent_changed,
    changed_opt_ins = di.united_opt_ins(d.is_consent_changed, d.changed_opt_ins, EXCLUDED.is_consent_changed, EXCLUDED.changed_opt_ins),
    salesforce_id = coalesce(EXCLUDED.salesforce_id, d.salesforce_id),
    revision = d.revision + 1, state = 'pending', attempts = 0, last_code = NULL, last_message = NULL,
    changed_at = EXCLUDED.changed_at,
    due_at = CASE WHEN d.state <> 'pending' THEN EXCLUDED.due_at ELSE least(d.due_at, EXCLUDED.due_at) END`;

/** Takes a table's triggers away, if it has any. */
export function releaseSql(table: WatchedTable): readonly string[] {
  const name = quoteTable(table.schemaName, table.code);
  return [
    ...OPERATIONS.flatMap((operation) => [
      `DROP TRIGGER IF EXISTS ${triggerName(operation)} ON ${name}`,
      `DROP FUNCTION IF EXISTS ${calledFunction(functionName(table, operation))}`,
    ]),
    releaseMarkSql(name),
  ];
}

/** Makes the triggers that note changed rows for these integrations. A table without any has no trigger, and pays nothing. */
export function captureSql(table: WatchedTable, watches: readonly Watch[]): readonly string[] {
  return [
    ...captureFunctions(table, watches).flatMap((made) => [
      functionSql(made),
      `CREATE TRIGGER ${triggerName(made.operation)} AFTER ${made.operation.toUpperCase()} ON ${quoteTable(table.schemaName, table.code)}
         REFERENCING ${TRANSITIONS[made.operation]} FOR EACH STATEMENT EXECUTE FUNCTION ${calledFunction(made.name)}`,
    ]),
    ...markInsertedSql(table, watches),
  ];
}

/** What the triggers do. */
export function captureFunctions(
  table: WatchedTable,
  watches: readonly Watch[],
): readonly (TriggerFunction & { readonly operation: Operation })[] {
  const bodies: Readonly<Record<Operation, string | null>> = {
    insert: noteInserted(table, watches),
    update: noteUpdated(table, watches),
    delete: noteDeleted(table, watches),
  };
  return OPERATIONS.flatMap((operation) => {
    const body = bodies[operation];
    return body === null ? [] : [{ operation, name: functionName(table, operation), body }];
  });
}

/** When a change may be sent: at once, or at the next run of its integration's schedule. */
const DUE = 'coalesce(s.next_run_at, now())';

const uuid = (id: string): string => `${quoteLiteral(id)}::uuid`;

/**
 * The identity of each row, by index. The OFFSET keeps the planner from turning the join round: of a young table it would
 * rather read all identities, and look for each among all rows that changed.
 */
function identified(table: WatchedTable, key: string): string {
  return `CROSS JOIN LATERAL (
      SELECT r.id FROM di.record_identity r WHERE r.table_id = ${uuid(table.id)} AND r.record_key = ${key} OFFSET 0) AS i`;
}

/** The end of a trigger before it has begun, where every change comes from the one connection that it would go to. */
function unlessAllAreOrigin(watches: readonly Watch[]): string {
  const connections = [...new Set(watches.map((watch) => watch.connectionId))].map(uuid);
  return `IF NOT EXISTS (SELECT FROM unnest(ARRAY[${connections.join(', ')}]) AS c (id) WHERE c.id::text IS DISTINCT FROM _origin) THEN
      RETURN NULL;
    END IF;`;
}

function trigger(watches: readonly Watch[], arrived: string, variables: string, statements: string): string {
  return `
  DECLARE
    _origin text := current_setting('di.origin', true);
    ${variables}
  BEGIN
    ${arrived}
    ${unlessAllAreOrigin(watches)}
    ${statements}
    RETURN NULL;
  END`;
}

/**
 * What waits is looked at again when there is news of its row, whoever brings it: the very connection that it goes to, most
 * of all. Where nothing waits, that is one look at an empty index.
 *
 * @param waits which deliveries `d`
 * @param rows a query of the `_key`s of their rows
 */
function wakeWaiting(
  table: WatchedTable,
  watches: readonly Watch[],
  { waits, rows }: { readonly waits: string; readonly rows: string },
): string {
  const integrations = `ARRAY[${watches.map(({ integrationId }) => uuid(integrationId)).join(', ')}]`;
  return `IF EXISTS (SELECT FROM di.delivery d WHERE d.integration_id = ANY (${integrations}) AND ${waits}) THEN
      WITH waiting AS MATERIALIZED (
        SELECT w.id FROM (${rows}) a
        ${identified(table, 'a."_key"')}
        CROSS JOIN LATERAL (
          SELECT d.id, d.integration_id, d.identity_id FROM di.delivery d
          WHERE d.identity_id = i.id AND d.integration_id = ANY (${integrations}) AND ${waits} OFFSET 0) AS w
        ORDER BY w.integration_id, w.identity_id)
      UPDATE di.delivery d SET ${SENT_AGAIN} FROM waiting w WHERE d.id = w.id AND ${waits};
    END IF;`;
}

/**
 * What waits for a record is sent when a row comes from one, or a later version of it: a deleted record may be back before
 * anybody has heard that it was gone. What waits for a row that goes has nothing left to do, but for
 * an opt-out, and is done with by its next turn.
 */
function wakeOfUpdated(table: WatchedTable, watches: readonly Watch[]): string {
  const key = table.primaryKey.map((name) => `n.${quoteIdentifier(name)}`).join(', ');
  const recordOf = (rows: 'changed' | 'before'): string =>
    `SELECT ${key}, n."_salesforce_id", n."_source_modstamp" FROM ${rows} n WHERE n."_salesforce_id" IS NOT NULL AND n."_archived_at" IS NULL`;
  const liveIn = (rows: 'changed' | 'before'): string =>
    `SELECT ${key} FROM ${rows} n WHERE n."_archived_at" IS NULL`;
  const come = `SELECT ${keyOf(table, 'e')} AS "_key" FROM (${recordOf('changed')} EXCEPT ${recordOf('before')}) e`;
  const left = `SELECT ${keyOf(table, 'e')} AS "_key" FROM (${liveIn('before')} EXCEPT ${liveIn('changed')}) e`;
  return `${wakeWaiting(table, watches, { waits: WANTS_RECORD, rows: come })}
    ${wakeWaiting(table, watches, { waits: IS_KEPT, rows: left })}`;
}

const bool = (value: boolean): string => (value ? 'true' : 'false');

/** A row that comes is created; where its person is known already, by a link or a consent that came first, that is sent. */
function noteInserted(table: WatchedTable, watches: readonly Watch[]): string | null {
  if (watches.length === 0) return null;
  const values = watches.map(
    (watch) =>
      `(${uuid(watch.integrationId)}, ${uuid(watch.connectionId)}, ${bool(watch.creates)}, ${bool(watch.updates)}, ${bool(watch.consent !== null)}, ${nothingBefore(watch.columns)})`,
  );
  return trigger(
    watches,
    wakeWaiting(table, watches, {
      waits: WANTS_RECORD,
      rows: `SELECT ${keyOf(table, 'n')} AS "_key" FROM changed n WHERE n."_salesforce_id" IS NOT NULL AND n."_archived_at" IS NULL`,
    }),
    '',
    `INSERT INTO di.record_identity (table_id, record_key)
    SELECT DISTINCT ${uuid(table.id)}, ${keyOf(table, 'n')} FROM changed n WHERE n."_archived_at" IS NULL ORDER BY 2
    ON CONFLICT DO NOTHING;
    INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, row_change, base, edited_at, is_consent_changed, due_at)
    SELECT w.integration_id, w.connection_id, w.identity_id, w.row_change,
      CASE WHEN w.row_change IS NOT NULL THEN w.base END, ${editedAt('w.base')}, w.has_consent, ${DUE} FROM (
      SELECT g.id AS integration_id, g.connection_id, i.id AS identity_id, g.base,
        CASE WHEN g.creates THEN 'created'
          WHEN g.updates AND EXISTS (SELECT FROM di.record_link l WHERE l.identity_id = i.id AND l.connection_id = g.connection_id) THEN 'updated'
        END AS row_change,
        g.consents AND EXISTS (SELECT FROM di.consent c WHERE c.identity_id = i.id) AS has_consent
      FROM changed n
      ${identified(table, keyOf(table, 'n'))}
      CROSS JOIN (VALUES ${values.join(', ')}) AS g (id, connection_id, creates, updates, consents, base)
      WHERE n."_archived_at" IS NULL AND g.connection_id::text IS DISTINCT FROM _origin
    ) w
    JOIN di.integration s ON s.id = w.integration_id
    WHERE w.row_change IS NOT NULL OR w.has_consent
    ORDER BY 1, 3 ${COALESCE};`,
  );
}

/** Of a row that is new nothing was there before. */
const nothingBefore = (columns: readonly string[]): string =>
  `${quoteLiteral(JSON.stringify(Object.fromEntries(columns.map((name) => [name, null]))))}::jsonb`;

/** When the columns of a base were changed: now. */
const editedAt = (base: string): string =>
  `(SELECT jsonb_object_agg(k.name, clock_timestamp()) FROM jsonb_object_keys(${base}) AS k (name))`;

/** Something of a row that one integration looks at. */
interface Look {
  readonly watch: Watch;
  readonly isConsent: boolean;
}

const looksOf = (watches: readonly Watch[]): readonly Look[] =>
  watches.flatMap((watch) => [
    ...(watch.updates ? [{ watch, isConsent: false }] : []),
    ...(watch.consent === null ? [] : [{ watch, isConsent: true }]),
  ]);

/** Rows that differ in what is watched of them. */
function noteUpdated(table: WatchedTable, watches: readonly Watch[]): string | null {
  const looks = looksOf(watches);
  if (looks.length === 0) return null;
  const changes = looks.map(({ watch, isConsent }, place) => {
    const rows = isConsent
      ? lookedUpElsewhere(table, watch.consent ?? [], place)
      : editedRows(table, watch.columns, place);
    return `SELECT r.* FROM (${rows}) r WHERE ${uuid(watch.connectionId)}::text IS DISTINCT FROM _origin`;
  });
  const values = looks.map(
    ({ watch, isConsent }, place) =>
      `(${place}, ${uuid(watch.integrationId)}, ${uuid(watch.connectionId)}, ${isConsent ? 'NULL' : "'updated'"}, ${bool(isConsent)})`,
  );
  const placesOfRows = looks.flatMap(({ isConsent }, place) => (isConsent ? [] : [place]));
  return trigger(
    watches,
    wakeOfUpdated(table, watches),
    `_keys jsonb[];
    _places int[];
    _bases jsonb[];`,
    `SELECT array_agg(x.record_key), array_agg(x.place), array_agg(x.base) INTO _keys, _places, _bases
    FROM (${changes.join(' UNION ALL ')}) x;
    IF _keys IS NULL THEN RETURN NULL; END IF;
    INSERT INTO di.record_identity (table_id, record_key)
    SELECT DISTINCT ${uuid(table.id)}, x.record_key FROM unnest(_keys) AS x (record_key) ORDER BY 2
    ON CONFLICT DO NOTHING;
    INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, row_change, base, edited_at, is_consent_changed, due_at)
    SELECT w.id, w.connection_id, w.identity_id, w.row_change, w.base, ${editedAt('w.base')}, w.is_consent, w.due_at FROM (
      SELECT g.id, g.connection_id, i.id AS identity_id, max(g.row_change) AS row_change,
        (array_agg(x.base) FILTER (WHERE NOT g.is_consent))[1] AS base, bool_or(g.is_consent) AS is_consent, ${DUE} AS due_at
      FROM unnest(_keys, _places, _bases) AS x (record_key, place, base)
      JOIN (VALUES ${values.join(', ')}) AS g (place, id, connection_id, row_change, is_consent) ON g.place = x.place
      JOIN di.integration s ON s.id = g.id
      ${identified(table, 'x.record_key')}
      WHERE NOT g.is_consent OR EXISTS (SELECT FROM di.consent c WHERE c.identity_id = i.id)
      GROUP BY 1, 2, 3, s.next_run_at
    ) w ORDER BY 1, 3 ${COALESCE};
    ${markUpdatedSql(table, '_keys, _places', placesOfRows)}`,
  );
}

/** What waits for a row that is deleted has nothing left to do, and where deletions are sent this one is. */
function noteDeleted(table: WatchedTable, watches: readonly Watch[]): string | null {
  if (watches.length === 0) return null;
  return trigger(
    watches,
    wakeWaiting(table, watches, {
      waits: IS_KEPT,
      rows: `SELECT ${keyOf(table, 'b')} AS "_key" FROM before b`,
    }),
    '',
    sendDeleted(
      table,
      watches.filter((watch) => watch.deletes),
    ),
  );
}

/** What the row was in Salesforce is kept with its deletion. A row that never had to do with an org leaves nothing. */
function sendDeleted(table: WatchedTable, watches: readonly Watch[]): string {
  if (watches.length === 0) return '';
  const values = watches.map((watch) => `(${uuid(watch.integrationId)}, ${uuid(watch.connectionId)})`);
  return `INSERT INTO di.record_identity (table_id, record_key)
    SELECT DISTINCT ${uuid(table.id)}, ${keyOf(table, 'b')} FROM before b WHERE b."_salesforce_id" IS NOT NULL ORDER BY 2
    ON CONFLICT DO NOTHING;
    INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, row_change, salesforce_id, due_at)
    SELECT g.id, g.connection_id, i.id, 'deleted', b."_salesforce_id", ${DUE}
    FROM before b
    ${identified(table, keyOf(table, 'b'))}
    CROSS JOIN (VALUES ${values.join(', ')}) AS g (id, connection_id)
    JOIN di.integration s ON s.id = g.id
    WHERE g.connection_id::text IS DISTINCT FROM _origin
    ORDER BY 1, 3 ${COALESCE};`;
}
