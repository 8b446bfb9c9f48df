import type pg from 'pg';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { ADMIN } from '../server/support/test-server.ts';
import type { Group } from './acts/act.ts';
import type { SimulatedClock } from './clock.ts';
import type { Copy } from './copies.ts';
import { setDatabaseClock } from './database-clock.ts';
import type { Door } from './door.ts';
import type { OrgRecord } from './org-orders.ts';
import type { SetUp } from './set-up.ts';
import type { SimulatedOrg } from './simulated-org.ts';

/** What a history happens to. */
export interface Places {
  readonly clock: SimulatedClock;
  readonly org: SimulatedOrg;
  /** Before the API, where the plugin's batches come. */
  readonly api: Door;
  /** Before the org, where DI's calls come. */
  readonly calls: Door;
  /** Copies of the server on one database. */
  readonly copies: readonly Copy[];
  readonly operator: pg.Client;
  readonly setUp: SetUp;
  /** Milliseconds that the org's clock is ahead of DI's. */
  readonly skew: number;
  /** Groups of acts that are left out. */
  readonly without: readonly Group[];
}

export type Row = Readonly<Record<string, unknown>>;

/** Something that a person said of an opt-in, by a link or through the API. */
export interface Said {
  readonly email: string;
  readonly status: 'granted' | 'withdrawn';
  readonly by: 'link' | 'api';
  /** What stood before: who says again what stands makes no news. */
  readonly stood: string | null;
}

/** A value that the project has put into a row of a record. */
export interface Edit {
  readonly recordId: string;
  readonly email: string;
  readonly column: string;
  readonly value: string;
  /** False where the row had it before: it may be what both sides agreed on, and then nothing is to be sent. */
  readonly isNews: boolean;
}

/** One history of both sides: what acts do to them, and what there is to see. */
export class History {
  readonly org: SimulatedOrg;
  readonly api: Door;
  readonly calls: Door;
  readonly copies: readonly Copy[];
  readonly operator: pg.Client;
  readonly setUp: SetUp;
  readonly di: DiConnect;
  /** What people said, the first of it first. */
  readonly said: Said[] = [];
  /** What the project has put into rows, the first of it first. */
  readonly edits: Edit[] = [];
  /** People of whom the project heard first, with the names that it gave them. */
  readonly newPeople: { readonly email: string; readonly lastName: string }[] = [];
  /** The org has ended DI's session once. */
  hasSessionEnded = false;
  readonly #clock: SimulatedClock;
  readonly #skew: number;
  /** Of the flows those that an admin has paused. */
  readonly #paused = new Set<string>();
  readonly #without: readonly Group[];
  /** Turns of workers whose call of the org has not been answered yet. */
  readonly #suspended: Promise<unknown>[] = [];

  constructor({ clock, org, api, calls, copies, operator, setUp, skew, without }: Places) {
    this.org = org;
    this.api = api;
    this.calls = calls;
    this.copies = copies;
    this.operator = operator;
    this.setUp = setUp;
    this.di = new DiConnect(api.url, ADMIN);
    this.#clock = clock;
    this.#skew = skew;
    this.#without = without;
  }

  allows(group: Group): boolean {
    return !this.#without.includes(group);
  }

  get now(): number {
    return this.#clock.now;
  }

  /** Notes what the project has put into a row that it was not in. */
  noteEdit({ email, _salesforce_id: recordId, ...before }: Row, column: string, value: string): void {
    if (typeof email !== 'string' || typeof recordId !== 'string') return;
    if (before[column] === value) return;
    const isNews = !this.edits.some(
      (edit) => edit.recordId === recordId && edit.column === column && edit.value === value,
    );
    this.edits.push({ recordId, email, column, value, isNews });
  }

  /** Time goes by, on both sides. */
  async pass(milliseconds: number): Promise<void> {
    this.#clock.now += milliseconds;
    await setDatabaseClock(this.operator, this.#clock.now);
    await this.org.order('time', this.#clock.now + this.#skew);
  }

  /**
   * One piece of work of a copy of the server. Where the answer to its call of the org is held, it stands still there, as a
   * process does that hangs, until answers are let go.
   */
  async turn(copy: number, loop: string): Promise<boolean> {
    const worker = this.copies[copy % this.copies.length];
    if (!worker) throw new Error('There is no copy of the server.');
    const work = worker.turn(loop);
    const held = this.calls.nextHold().then(() => 'held' as const);
    const outcome = await Promise.race([work, held]);
    if (outcome !== 'held') return outcome;
    this.#suspended.push(work);
    return true;
  }

  /** Lets answers go that were held, and the work that waits for them end. */
  async resume(): Promise<void> {
    this.calls.release();
    await Promise.all(this.#suspended.splice(0));
  }

  /**
   * Asks the server for a piece of work, unless it has it before it, or nothing to do it with, or the org that it would have to
   * ask is away. Answers whether it was taken.
   */
  async ask(method: 'POST' | 'PATCH', path: string, body: object): Promise<boolean> {
    const answer = await fetch(`${this.di.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok && ![404, 409, 503].includes(answer.status))
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.ok;
  }

  /** Has both sides compared, as far as a transfer goes. */
  compare(transfer: number): Promise<boolean> {
    return this.ask('POST', '/v1/admin/comparisons', { transfer: this.setUp.transfers[transfer] });
  }

  /** What an admin may pause: integrations, and transfers in DI. */
  get flows(): readonly string[] {
    const { integrations, transfers } = this.setUp;
    return [
      ...integrations.map((id) => `/v1/admin/integrations/${id}`),
      ...transfers.map((id) => `/v1/admin/transfers/${id}`),
    ];
  }

  async pause(flow: string): Promise<void> {
    if (await this.ask('POST', `${flow}/pause`, {})) this.#paused.add(flow);
  }

  async goOn(flow: string): Promise<void> {
    if (await this.ask('POST', `${flow}/activate`, {})) this.#paused.delete(flow);
  }

  async goOnAll(): Promise<void> {
    for (const flow of this.#paused) await this.goOn(flow);
  }

  /** The database ends the sessions that copies of the server have with it, none of which is in the middle of something. */
  async endSessions(): Promise<void> {
    await this.operator.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'`,
    );
    // Pools hear of it before anything else is asked of them.
    await new Promise((resolve) => setImmediate(resolve));
  }

  contacts(): Promise<OrgRecord[]> {
    return this.org.living('Contact', CONTACT_FIELDS);
  }

  leads(): Promise<OrgRecord[]> {
    return this.org.living('Lead', LEAD_FIELDS);
  }

  /** Records in the recycle bin. */
  async deleted(object: string): Promise<OrgRecord[]> {
    const all = await this.org.order('records', object, [...CONTACT_FIELDS, 'Id', 'IsDeleted']);
    return all.filter(({ IsDeleted: isDeleted }) => isDeleted === true);
  }

  /** Rows of the project that are not archived, by key. */
  async rows(): Promise<Row[]> {
    const { rows } = await this.operator.query<Row>(
      'SELECT * FROM p_demo."Contact" WHERE _archived_at IS NULL ORDER BY email',
    );
    return rows;
  }

  /** What stands of people's consent. */
  async consents(): Promise<Row[]> {
    const { rows } = await this.operator.query<Row>(
      `SELECT i.record_key->>'email' AS email, c.status, c.changed_at FROM di.consent c
       JOIN di.record_identity i ON i.id = c.identity_id ORDER BY 1, 2, 3`,
    );
    return rows;
  }

  /** Fields that both sides had changed, with who won. */
  async conflicts(): Promise<Row[]> {
    const { rows } = await this.operator.query<Row>(
      `SELECT i.record_key->>'email' AS email, k.column_name, k.base, k.project_value, k.salesforce_value, k.winner, k.at
       FROM di.conflict k LEFT JOIN di.record_identity i ON i.id = k.identity_id ORDER BY k.id`,
    );
    return rows;
  }

  async end(): Promise<void> {
    this.calls.release();
    await Promise.allSettled(this.#suspended.splice(0));
  }
}

const CONTACT_FIELDS = [
  'Email',
  'FirstName',
  'LastName',
  'Phone',
  'MailingCity',
  'MailingState',
  'HasOptedOutOfEmail',
  'AccountId',
] as const;

const LEAD_FIELDS = [
  'Email',
  'FirstName',
  'LastName',
  'Phone',
  'City',
  'State',
  'Company',
  'HasOptedOutOfEmail',
  'IsConverted',
] as const;
