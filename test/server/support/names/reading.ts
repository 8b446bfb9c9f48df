import { parse } from 'csv-parse/sync';
import pg from 'pg';
import request from 'supertest';
import { admin, contactId } from '../test-server.ts';
import type { Telling } from './telling.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows by filter, as CSV and by their record; columns that nobody asked for are not shown. */
export async function readRows(telling: Telling): Promise<void> {
  const { contacts } = telling.named;
  const row = contacts.row({ person: 24, version: 3 });
  const texts = contacts.texts.map((name) => [name, row[name]] as const);
  const filter = encodeURIComponent(JSON.stringify(Object.fromEntries(texts)));
  const columns = contacts.texts.slice(0, 3).join(',');
  const found = await telling.call('get', `/tables/Contact/rows?filter=${filter}&columns=${columns}`);
  const rows = (found.body.rows ?? []) as readonly Row[];
  telling.tell(
    'filtered',
    found.status,
    rows.map((each) => contacts.somePlaces(each)),
  );
  const paged = await telling.call('get', '/tables/Contact/rows?limit=2');
  const next = encodeURIComponent(String(paged.body.next));
  const second = await telling.call('get', `/tables/Contact/rows?limit=2&after=${next}`);
  telling.tell(
    'paged',
    ((second.body.rows ?? []) as readonly Row[]).map((each) => contacts.byPlace(each)),
  );
  const csv = await telling.call('get', '/tables/Contact/rows.csv');
  const [headings = [], ...lines] = parse(csv.text);
  telling.tell(
    'as CSV',
    headings.slice(0, -4).map((name) => contacts.placeOf(name)),
    lines.length,
  );
  const record = await telling.call('get', `/tables/Contact/records/${contactId(1)}`);
  const { row: held, key, history } = record.body as { row?: Row; key?: Row; history?: Row[] };
  telling.tell('by its record', contacts.byPlace(held), contacts.somePlaces(key), history?.length);
}

/** Rows and consent, by a marketer's own SQL. */
export async function readBySql(telling: Telling): Promise<void> {
  const { stage, scene, contacts } = telling.named;
  const { server } = stage;
  const granted = await admin(server, 'post', `/v1/admin/projects/${scene.project}/sql-role`).expect(201);
  const { role, password } = granted.body as { role: string; password: string };
  const address = new URL(server.database.connectionString);
  address.username = role;
  address.password = password;
  const client = new pg.Client({ connectionString: address.toString() });
  await client.connect();
  const columns = contacts.names.map((name) => `"${name}"`).join(', ');
  const found = await client.query<Row>(
    `SELECT ${columns}, _salesforce_id, _archived_at FROM "Contact" ORDER BY "${contacts.address}"`,
  );
  telling.tell(
    'by SQL',
    found.rows.map((row) => contacts.byPlace(row)),
  );
  const key = contacts.primaryKey.map((name) => `"${name}"`).join(', ');
  const consents = await client.query<Row>(
    `SELECT ${key}, _status FROM consent ORDER BY "${contacts.address}"`,
  );
  telling.tell(
    'consent by SQL',
    consents.rows.map(({ _status, ...row }) => [contacts.somePlaces(row), _status]),
  );
  await client.end();
}

/** A link shows whose it is, by the address in the row or the key. */
export async function followLinks(telling: Telling): Promise<void> {
  const { stage, contacts } = telling.named;
  const people = [contacts.key(30), contacts.key(999)];
  const made = await telling.call('post', '/consent/links', { purpose: 'unsubscribe', contacts: people });
  const [link, nobody] = (made.body.links ?? []) as readonly { url: string | null; code: string | null }[];
  const page = await request(stage.server.app).get(new URL(link?.url ?? '').pathname);
  telling.tell('a link', made.status, page.status, page.text.includes('example.com'), nobody?.code);
}
