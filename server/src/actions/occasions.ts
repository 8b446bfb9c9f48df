import type { Knex } from 'knex';
import { changingTables } from '../database/change-tables.ts';
import { quoteIdentifier, quoteLiteral, quoteTable, unbound } from '../database/identifiers.ts';
import { calledFunction, functionSql, type TriggerFunction } from '../database/trigger-functions.ts';
import { CONTACTS, type BuiltTable } from '../projects/tables.ts';
import { keyFields, keyObject } from '../records/record-keys.ts';

/** A contacts table, as far as its trigger needs to know it. */
interface ContactsRow {
  readonly id: string;
  readonly project_id: string;
  readonly schema_name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'>;
  readonly is_awaited: boolean;
}

const TRIGGER = 'di_occasion_insert';

/**
 * Makes the trigger that notices new contacts of a project, or takes it away where no active action waits for them: a
 * table without one pays nothing. Call it in the transaction that changes an action, or the table's names.
 */
export async function refreshOccasions(transaction: Knex, projectId: string): Promise<void> {
  const [contacts] = await contactsTables(transaction, projectId);
  if (!contacts) return;
  await changingTables(transaction, contacts.schema_name, () => makeTrigger(transaction, contacts));
}

async function makeTrigger(transaction: Knex, contacts: ContactsRow): Promise<void> {
  const table = quoteTable(contacts.schema_name, contacts.built.code);
  const notice = noticeOf(contacts);
  if (contacts.is_awaited) {
    await transaction.raw(unbound(functionSql(notice)));
    await transaction.raw(
      `CREATE OR REPLACE TRIGGER ${TRIGGER} AFTER INSERT ON ${table} REFERENCING NEW TABLE AS changed
         FOR EACH STATEMENT EXECUTE FUNCTION ${calledFunction(notice.name)}`,
    );
    return;
  }
  await transaction.raw(`DROP TRIGGER IF EXISTS ${TRIGGER} ON ${table}`);
  await transaction.raw(`DROP FUNCTION IF EXISTS ${calledFunction(notice.name)}`);
}

/** What the triggers of all projects do, as this version of the server makes them. */
export async function allOccasionFunctions(knex: Knex): Promise<readonly TriggerFunction[]> {
  return (await contactsTables(knex, null)).map(noticeOf);
}

/** The contacts table of a project, or of each where none is named. */
async function contactsTables(knex: Knex, projectId: string | null): Promise<readonly ContactsRow[]> {
  const { rows } = await knex.raw<{ rows: ContactsRow[] }>(
    `SELECT t.id, t.project_id, p.schema_name, t.built, EXISTS (
       SELECT FROM di.action a WHERE a.project_id = p.id AND a.status = 'active' AND a.archived_at IS NULL
         AND a.definition -> 'trigger' ->> 'on' = 'contact-created') AS is_awaited
     FROM di.project_table t JOIN di.project p ON p.id = t.project_id
     WHERE (?::uuid IS NULL OR p.id = ?::uuid) AND t.built ->> 'code' = ?`,
    [projectId, projectId, CONTACTS],
  );
  return rows;
}

const noticeOf = ({ id, project_id, built }: ContactsRow): TriggerFunction => ({
  name: `notice_created_${id.replaceAll('-', '')}`,
  body: noticeCreated(project_id, built),
});

/**
 * What the trigger does. A row that was moved to another key is put in anew, with the moment of its last change: a new one
 * has that of its transaction. Where nobody but the connection that the rows come from waits for them, they are not read.
 */
function noticeCreated(projectId: string, table: Pick<BuiltTable, 'primaryKey' | 'fields'>): string {
  const key = keyObject(keyFields(table), (field) => `n.${quoteIdentifier(field.name)}`);
  const project = `${quoteLiteral(projectId)}::uuid`;
  return `
  DECLARE
    _keys text[];
    _persons text[];
    _items jsonb[];
  BEGIN
    IF NOT EXISTS (
      SELECT FROM di.action a JOIN di.write_queue q ON q.id = a.id
      WHERE a.project_id = ${project} AND a.status = 'active' AND a.archived_at IS NULL
        AND a.definition -> 'trigger' ->> 'on' = 'contact-created'
        AND q.connection_id::text IS DISTINCT FROM current_setting('di.origin', true)
    ) THEN
      RETURN NULL;
    END IF;
    SELECT array_agg('created ' || extract(epoch FROM now()) || ' ' || md5(c.record_key)), array_agg(lower(c.record_key)),
      array_agg(c.item)
    INTO _keys, _persons, _items FROM (
      SELECT ${key}::text AS record_key, di.row_item(to_jsonb(n.*)) AS item
      FROM changed n WHERE n."_archived_at" IS NULL AND n."_changed_at" = now()
    ) c;
    IF _keys IS NOT NULL THEN
      PERFORM di.queue_actions(${project}, 'contact-created', _keys, _persons, _items);
    END IF;
    RETURN NULL;
  END`;
}
