import type { Session } from '../database/session.ts';
import { conflict } from '../http/problem.ts';
import { placed, recordIdsOf, type Erased, type Person, type PersonPart } from '../persons/person.ts';
import type { BuiltField } from '../projects/tables.ts';
import { keyFields } from '../records/record-keys.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';
import type { ImportStatus } from './imports.ts';

/** Rows of imported files that name a person, and what became of them. */
export const personImports: PersonPart = {
  name: 'imports',
  tables: ['import', 'import_chunk', 'import_result'],
  export: exportResults,
  erase: eraseImports,
};

/** Nobody reads the file of one that ended: neither is one that failed resumed then. */
const ENDED: readonly ImportStatus[] = ['done', 'cancelled'];

interface ImportRow {
  readonly id: string;
  readonly name: string;
  readonly status: ImportStatus;
  readonly table_id: string | null;
  readonly found: FoundFile | null;
  readonly settings: ImportSettings | null;
}

function importsOf(session: Session, { accountId, project }: Person): Promise<ImportRow[]> {
  return session.query<ImportRow>(
    `SELECT id, name, status, table_id, found, settings FROM di.import
     WHERE account_id = $1::uuid AND project_id = $2::uuid ORDER BY created_at`,
    [accountId, project.id],
  );
}

async function exportResults(session: Session, person: Person): Promise<unknown> {
  const shown = [];
  for (const each of await importsOf(session, person)) {
    const { text, values } = naming(person, each);
    const rows = await session.query(
      `SELECT line, code, column_name AS column, message, salesforce_id AS "recordId", cells
       FROM di.import_result r WHERE ${text} ORDER BY line`,
      values,
    );
    if (rows.length > 0)
      shown.push({ import: each.id, name: each.name, headings: each.found?.headings ?? [], rows });
  }
  return shown;
}

/** In SQL, whether a result names the person: a cell is an address, the record is the person's, or the row has the key. */
function naming(
  person: Person,
  { id, table_id, found, settings }: ImportRow,
): { text: string; values: unknown[] } {
  const values: unknown[] = [id, person.addresses, recordIdsOf(person)];
  const conditions = [
    // A cell may have the guard of an export.
    `EXISTS (SELECT FROM jsonb_array_elements_text(r.cells) AS c (cell), unnest($2::text[]) AS u (a)
       WHERE lower(btrim(c.cell)) IN (lower(u.a), '''' || lower(u.a)))`,
    'r.salesforce_id = ANY($3::text[])',
  ];
  const places = person.table.primaryKey.map((column) => {
    const heading = settings?.mapping.find(({ to }) => to === column)?.heading;
    return found?.headings.indexOf(heading ?? '') ?? -1;
  });
  if (table_id === person.table.id && places.every((place) => place >= 0))
    for (const key of person.keys) {
      const cells = keyFields(person.table).map((field, index) => {
        values.push(String(key[field.name]));
        return isSameValue(field, `btrim(r.cells->>${places[index] ?? 0})`, `$${values.length}::text`);
      });
      conditions.push(`(${cells.join(' AND ')})`);
    }
  return { text: `r.import_id = $1::uuid AND (${conditions.join(' OR ')})`, values };
}

/** In SQL, whether a cell says a value of a key, in whichever of its spellings. */
function isSameValue({ type }: BuiltField, cell: string, value: string): string {
  if (type === 'email') return `lower(${cell}) = lower(${value})`;
  return type === 'salesforce_id' ? `left(${cell}, 15) = left(${value}, 15)` : `${cell} = ${value}`;
}

/**
 * A file that waits to be read would bring the person back, and a part of it cannot be taken out: it is finished or
 * forgotten first. Files of imports that have ended are of no more use to anybody, and go whole, with their first rows.
 */
async function eraseImports(session: Session, person: Person): Promise<Erased> {
  const imports = await importsOf(session, person);
  const waiting = imports.filter(({ status }) => !ENDED.includes(status));
  if (waiting.length > 0) throw unfinished(waiting);
  let results = 0;
  for (const each of imports) {
    const { text, values } = naming(person, each);
    const gone = await session.query(`DELETE FROM di.import_result r WHERE ${text} RETURNING 1`, values);
    results += gone.length;
  }
  const ids = imports.map(({ id }) => id);
  const files = await session.query<{ import_id: string }>(
    'DELETE FROM di.import_chunk WHERE import_id = ANY($1::uuid[]) RETURNING import_id',
    [ids],
  );
  await session.query(
    `UPDATE di.import SET found = found || '{"sample": [], "guess": null}' WHERE id = ANY($1::uuid[]) AND found IS NOT NULL`,
    [ids],
  );
  const emptied = new Set(files.map((file) => file.import_id)).size;
  return { erased: [...placed('import-results', results), ...placed('import-files', emptied)], kept: [] };
}

function unfinished(imports: readonly ImportRow[]): Error {
  const names = imports.slice(0, 5).map(({ name, status }) => `${name} (${status})`);
  return conflict(
    'imports-waiting',
    `${imports.length} imports of this project have not ended, and their files may hold the person: ${names.join(', ')}. Let them finish, or cancel or delete them, then erase.`,
  );
}
