import { ImportCalls } from '../imports.ts';
import { contactId, moment, type BatchInput } from '../test-server.ts';
import type { NamedTable, Who } from './named-table.ts';
import { OTHER } from './named-scene.ts';
import type { Telling } from './telling.ts';

/** Batches of the plugin: everything that one can do to a row. */
export async function sendBatches(telling: Telling): Promise<void> {
  const { contacts } = telling.named;
  const records = (...all: readonly (readonly [Who, number])[]): BatchInput => ({
    upserts: all.map(([who, at]) => contacts.record(who, at)),
  });
  const people = [1, 2, 3, 4].map((person) => [{ person }, 1] as const);
  await telling.batch('new', records(...people));
  await telling.batch('changed and stale', records([{ person: 1, version: 1 }, 5], [{ person: 2 }, 0]));
  await telling.batch('moved', records([{ person: 3, key: 13 }, 6]));
  await telling.batch('late under the old key', records([{ person: 3 }, 2]));
  await telling.batch('exchanged', records([{ person: 1, key: 2 }, 7], [{ person: 2, key: 1 }, 7]));
  await telling.batch('two of one key', records([{ person: 5, key: 15 }, 8], [{ person: 6, key: 15 }, 9]));
  await telling.batch('not unique', { upserts: [contacts.record({ person: 7 }, 1), twin(contacts, 8, 7)] });
  await telling.batch('archived', { archives: [[contactId(4), moment(10)]] });
  await telling.batch('deleted', { deletes: [{ id: contactId(3), at: moment(11), key: {} }] });
  await telling.batch('back again', records([{ person: 4, version: 2 }, 12], [{ person: 3 }, 3]));
  await telling.list('after the batches');
}

/** A record with the unique value of another one. */
function twin(contacts: NamedTable, person: number, of: number): readonly unknown[] {
  const place = contacts.keys + 2;
  return contacts.record({ person }, 1).with(place, contacts.record({ person: of }, 1)[place]);
}

/** Rows by the API, which speak of all columns or of some. */
export async function writeRows(telling: Telling): Promise<void> {
  const { contacts } = telling.named;
  const places = contacts.columns.map((_column, place) => place).slice(contacts.keys);
  const [even, odd] = [places.filter((place) => place % 2 === 0), places.filter((place) => place % 2 === 1)];
  const rows = [contacts.row({ person: 20 }), contacts.row({ person: 21 })];
  await telling.write('created', 'post', '', { rows });
  await telling.write('unchanged', 'post', '', { rows });
  // Each column is spoken of by one of two rows, and not by the other.
  const parts = [
    contacts.part({ person: 20, version: 1 }, even),
    contacts.part({ person: 21, version: 2 }, odd),
  ];
  await telling.write('changed in part', 'post', '', { rows: parts });
  await telling.write('of keys alone', 'post', '', { rows: [contacts.key(20), contacts.key(23)] });
  await telling.write('only new ones', 'post', '', {
    mode: 'create',
    rows: [contacts.row({ person: 20 }), contacts.row({ person: 24 })],
  });
  await telling.write('only existing ones', 'post', '', {
    mode: 'update',
    rows: [contacts.row({ person: 24, version: 3 }), contacts.row({ person: 25 })],
  });
  const unique = contacts.nameAt(contacts.keys);
  const taken = {
    ...contacts.row({ person: 26 }),
    [unique]: contacts.row({ person: 24, version: 3 })[unique],
  };
  await telling.write('with the unique value of another', 'post', '', { rows: [taken] });
  await telling.write('archived by key', 'post', '/archive', { keys: [contacts.key(20), contacts.key(999)] });
  await telling.write('restored by key', 'post', '/restore', { keys: [contacts.key(20)] });
  await telling.write('deleted by key', 'delete', '', { keys: [contacts.key(21), contacts.key(999)] });
  await telling.list('after the rows');
}

/** One row at a time, its key too. */
export async function patchRows(telling: Telling): Promise<void> {
  const { contacts } = telling.named;
  const patch = async (step: string, key: number, change: object): Promise<void> => {
    const values = Object.values(contacts.key(key));
    const at = encodeURIComponent(values.length === 1 ? String(values[0]) : JSON.stringify(values));
    const { status, body } = await telling.call('patch', `/tables/Contact/rows/${at}`, change);
    const row = body.row as Readonly<Record<string, unknown>> | undefined;
    telling.tell(step, status, body.code, contacts.byPlace(row));
  };
  await patch('a value', 20, { [contacts.nameAt(contacts.columns.length - 1)]: 'patched' });
  await patch('the key', 20, contacts.key(22));
  await patch('the key of another row', 22, contacts.key(24));
  await patch('nobody', 20, { [contacts.nameAt(contacts.columns.length - 1)]: 'patched' });
}

/** A file whose headings are the names. */
export async function importFiles(telling: Telling): Promise<void> {
  const { stage, scene, contacts } = telling.named;
  const imports = new ImportCalls(stage.server);
  const lines = [30, 31, 32, 24].map((person) => {
    const row = contacts.row({ person, version: 4 });
    return contacts.names.map((name) => cell(row[name])).join(',');
  });
  const { id, settings } = await imports.upload(
    scene.project,
    [contacts.names.join(','), ...lines].join('\n'),
  );
  telling.tell(
    'suggested',
    settings?.mapping.map(({ heading, to }) => [contacts.placeOf(heading), contacts.placeOf(to)]),
  );
  const mapping = contacts.names.map((name) => ({ heading: name, to: name }));
  await imports.set(id, { mapping, dates: 'iso' });
  telling.tell('checked', (await imports.run(id, 'check')).counts);
  telling.tell('imported', (await imports.run(id)).counts);
  await telling.list('after the import');
}

function cell(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.replaceAll('"', '""')}"`;
}

/** Rows of a table that is not of contacts. */
export async function writeOthers(telling: Telling): Promise<void> {
  const { other, contacts } = telling.named;
  const rows = [30, 31].map((person) => ({
    ...other.row({ person: 100 + person }),
    [other.nameAt(other.keys + 1)]: contacts.row({ person })[contacts.address],
  }));
  const { status, body } = await telling.call('post', `/tables/${OTHER}/rows`, { rows });
  telling.tell('rows of another table', status, body.created, body.rejected);
  await telling.list('of the other table', OTHER);
}

/** Two columns exchange their names, and one becomes stricter: batches and triggers follow. */
export async function changeDefinitions(telling: Telling): Promise<void> {
  const { contacts } = telling.named;
  const [one, two] = contacts.texts.slice(-2);
  if (one === undefined || two === undefined) throw new Error('The table has too few columns.');
  const rename = (from: string, to: string): ReturnType<Telling['call']> =>
    telling.call('patch', `/tables/Contact/fields/${from}`, { name: to });
  await rename(one, 'meanwhile');
  await rename(two, one);
  await rename('meanwhile', two);
  const unique = await telling.call('patch', `/tables/Contact/fields/${one}`, { unique: true });
  const plan = await telling.call('get', '/build');
  const built = await telling.call('post', '/build');
  telling.tell('built again', unique.status, plan.body.isPossible, built.status);
  await telling.batch('after the build', { upserts: [contacts.record({ person: 50 }, 20)] });
  await telling.list('after the build');
}
