import type pg from 'pg';
import { followedOfIntegration, type FollowedColumn } from '../consent/followed-columns.ts';
import { clientSession } from '../database/session.ts';
import type { OrgRecord, SalesforceOrg, SaveResult } from '../salesforce/org.ts';
import type { CallGate } from './call-gate.ts';
import { areDue, dueClaims, START, type Claim } from './claims.ts';
import { currentState } from './current-state.ts';
import type { DrainServices } from './drain.ts';
import type { Integration } from './integrations.ts';
import { keptObject } from './org-objects.ts';
import { type Retried, type Settled, verdictOf, type Verdict } from './outcomes.ts';
import { knownId, wishOf, type PlanContext, type Wish } from './plan.ts';
import { readBack, type Unread } from './read-back.ts';
import { noteTried, recordResults } from './record-results.ts';
import { Recorder, type Outcomes } from './recorder.ts';
import { resolve, type Resolved, type Write } from './resolve.ts';
import { compileRowMapping } from './row-mapping.ts';
import { send } from './send.ts';
import { afterDrain, stopIntegration } from './standstill.ts';

/** Deliveries that are read at once: what is sent by collections, and what makes a job of the Bulk API. */
const PORTION = 2000;
const BULK_PORTION = 10_000;

export interface IntegrationDrain extends DrainServices {
  readonly org: SalesforceOrg;
  readonly integration: Integration;
  readonly gate: CallGate;
  /** The org has answered. */
  readonly onAnswer: () => Promise<void>;
}

/** Sends what is due of one integration, a portion at a time. Throws SalesforceFault and Interrupted. */
export async function drainIntegration(drain: IntegrationDrain): Promise<void> {
  const { integration } = drain;
  const { pool, knex } = drain.database;
  const described = await keptObject(knex, integration.connectionId, integration.object);
  const fixed = {
    integration,
    mapping: compileRowMapping(integration, described),
    keyPrefix: described?.keyPrefix ?? null,
    isOwnOrg: await isOwnOrg(pool, integration),
  };
  const followed = await followedOfIntegration(clientSession(pool), integration.id);
  let place = START;
  for (let portions = 0; ; portions++) {
    const isMany = await areDue(pool, integration.id, integration.settings.bulkThreshold);
    const { claims, last } = await dueClaims(pool, integration, place, isMany ? BULK_PORTION : PORTION);
    if (claims.length === 0) {
      if (portions > 0) await afterDrain(drain, integration);
      return;
    }
    place = last;
    const columns = [...fixed.mapping.columns, ...lookupColumns(integration)];
    const state = await currentState(pool, integration, columns, claims);
    const portion = new Portion(drain, fixed.isOwnOrg, followed);
    if (!(await portion.deliver(claims, { ...fixed, state }))) return;
  }
}

const lookupColumns = ({ matching }: Integration): readonly string[] =>
  matching.by === 'lookup' ? [matching.column] : [];

/** Whether the ids in the table's rows are this org's: only one connection brings records into it, and this is it. */
async function isOwnOrg(pool: pg.Pool, { tableId, connectionId, object }: Integration): Promise<boolean> {
  const found = await pool.query<{ own: number; others: number }>(
    `SELECT count(*) FILTER (WHERE connection_id = $2 AND lower(object) = lower($3)) AS own,
       count(*) FILTER (WHERE connection_id <> $2) AS others
     FROM di.transfer WHERE table_id = $1`,
    [tableId, connectionId, object],
  );
  const [row] = found.rows;
  return row !== undefined && row.own > 0 && row.others === 0;
}

/** Writes of a delivery that have no result yet, and what those came to that have. */
interface Open {
  left: number;
  done: Settled | null;
  readonly verdicts: Verdict[];
}

/** Some deliveries on their way, and what has become of them. */
class Portion {
  readonly #drain: IntegrationDrain;
  readonly #ownsRows: boolean;
  readonly #followed: readonly FollowedColumn[];
  readonly #recorder = new Recorder((outcomes) => this.#keep(outcomes));
  readonly #open = new Map<Claim, Open>();
  /** Checkboxes that columns follow, as they were saved, by the delivery and the record. */
  readonly #written = new Map<Claim, Map<string, OrgRecord>>();
  /** Deliveries of consent that are done in the org, and whose columns do not know it yet. */
  #unread: Settled[] = [];
  #stop: Verdict | null = null;

  constructor(drain: IntegrationDrain, ownsRows: boolean, followed: readonly FollowedColumn[]) {
    this.#drain = drain;
    this.#ownsRows = ownsRows;
    this.#followed = followed;
  }

  /** Answers whether the integration goes on. */
  async deliver(claims: readonly Claim[], context: PlanContext): Promise<boolean> {
    const { org, gate, integration, database } = this.#drain;
    const wishes: Wish[] = [];
    const settled: Settled[] = [];
    for (const claim of claims) {
      const wish = wishOf(claim, context);
      if ('outcome' in wish) settled.push(wish);
      else wishes.push(wish);
    }
    const resolved = await resolve(org, gate, integration, wishes);
    if (resolved.hasAsked) await this.#drain.onAnswer();
    this.#begin(resolved);
    try {
      await this.#settle([...settled, ...resolved.settled], []);
      await noteTried(database.pool, resolved.tried);
      await send(
        { org, gate, integration, onResults: (writes, results) => this.#take(writes, results) },
        resolved.writes,
      );
      await this.#readBack(context);
    } catch (error) {
      if (this.#stop === null) throw error;
    } finally {
      await this.#recorder.end();
    }
    return this.#stop === null;
  }

  #begin({ writes, refused }: Resolved): void {
    for (const { claim } of writes) {
      const open = this.#open.get(claim);
      if (open) open.left += 1;
      else this.#open.set(claim, { left: 1, done: null, verdicts: [] });
    }
    for (const { claim, code, message } of refused)
      this.#open.get(claim)?.verdicts.push({ kind: 'dead', code, message });
  }

  /** Keeps what deliveries came to; those that columns follow are looked at in the org first. */
  async #settle(settled: readonly Settled[], retried: readonly Retried[]): Promise<void> {
    const unread = settled.filter((each) => this.#isFollowed(each));
    this.#unread.push(...unread);
    await this.#recorder.add({ settled: settled.filter((each) => !unread.includes(each)), retried });
  }

  #isFollowed({ claim, outcome }: Settled): boolean {
    return (
      this.#followed.length > 0 &&
      READ_BACK.has(outcome) &&
      (claim.isConsentChanged || this.#written.has(claim))
    );
  }

  async #readBack(context: PlanContext): Promise<void> {
    const unread = this.#unread.map((settled): Unread => {
      const { claim } = settled;
      const ownId = claim.linkedId ?? knownId(context.state.rows.get(claim.identityId), context);
      return { settled, written: this.#written.get(claim) ?? new Map(), ownId };
    });
    const { org, gate, integration } = this.#drain;
    const settled = await readBack(org, gate, integration, this.#followed, unread);
    await this.#recorder.add({ settled, retried: [] });
  }

  #noteWritten({ claim, record }: Write, id: string | null): void {
    const fields = Object.entries(record).filter(([name]) =>
      this.#followed.some(({ target }) => target.field.toLowerCase() === name.toLowerCase()),
    );
    if (id === null || fields.length === 0) return;
    const written = this.#written.get(claim) ?? new Map<string, OrgRecord>();
    this.#written.set(claim, written.set(id, Object.fromEntries(fields)));
  }

  /** Notes what became of the deliveries that all results of are there. */
  async #take(writes: readonly Write[], results: readonly SaveResult[]): Promise<void> {
    await this.#drain.onAnswer();
    const settled: Settled[] = [];
    const retried: Retried[] = [];
    writes.forEach((write, index) => {
      const open = this.#open.get(write.claim);
      const result = results[index];
      if (!open || !result) return;
      open.left -= 1;
      if (result.isSaved) {
        const id = idOf(write, result);
        if (open.done === null || write.isOwn) open.done = savedAs(write, result, id);
        this.#noteWritten(write, id);
      } else open.verdicts.push(verdictOf(result.errors));
      if (open.left > 0) return;
      this.#open.delete(write.claim);
      const end = endOf(write, open.done, open.verdicts);
      if (end === 'stop')
        this.#stop ??= open.verdicts.find((each) => each.kind === 'stop-integration') ?? null;
      else if (end.outcome === 'retry') retried.push(end);
      else settled.push(end);
    });
    await this.#settle(settled, retried);
    if (this.#stop === null) return;
    await this.#recorder.end();
    await stopIntegration(this.#drain, this.#drain.integration, this.#stop);
    throw new IntegrationStopped();
  }

  async #keep({ settled, retried }: Outcomes): Promise<void> {
    const { gate, integration, database, metrics } = this.#drain;
    const apiCalls = gate.takeCalls();
    await recordResults(database.pool, integration, { settled, retried, apiCalls }, this.#ownsRows);
    metrics.count([...settled, ...retried], apiCalls);
  }
}

/** Leaves the sending of an integration that was stopped by an answer. */
class IntegrationStopped extends Error {
  override readonly name = 'IntegrationStopped';
}

/** Ends after which the org says what a person's checkboxes are. */
const READ_BACK: ReadonlySet<Settled['outcome']> = new Set(['created', 'updated', 'unneeded']);

const idOf = ({ record }: Write, result: SaveResult): string | null =>
  result.id ?? (typeof record.Id === 'string' ? record.Id : null);

/** Of several records of an address that are written only the row's own is linked to it. */
function savedAs({ claim, operation, isOwn }: Write, result: SaveResult, id: string | null): Settled {
  const outcome = operation === 'delete' ? 'deleted' : result.isCreated ? 'created' : 'updated';
  return { claim, outcome, ...(isOwn && id !== null ? { salesforceId: id } : {}) };
}

/** What a delivery comes to that may have been written to several records. */
function endOf(write: Write, done: Settled | null, verdicts: readonly Verdict[]): Settled | Retried | 'stop' {
  const { claim } = write;
  if (verdicts.some((verdict) => verdict.kind === 'stop-integration')) return 'stop';
  const dead = verdicts.find((verdict) => verdict.kind === 'dead');
  if (dead) return { claim, outcome: 'dead', code: dead.code, message: dead.message };
  const retry = verdicts.find((verdict) => verdict.kind === 'retry');
  if (retry) return { claim, outcome: 'retry', code: retry.code, message: retry.message };
  const gone = verdicts.find((verdict) => verdict.kind === 'gone');
  if (gone === undefined || done !== null) return done ?? { claim, outcome: 'unneeded' };
  return endOfGone(write, gone);
}

/** A record that was deleted in the org: so much the better for a deletion, nothing to do for consent. */
function endOfGone(
  { claim, operation, record, isOwn }: Write,
  { code, message }: Verdict,
): Settled | Retried {
  if (operation === 'delete') return { claim, outcome: 'deleted' };
  const gone = isOwn && typeof record.Id === 'string' ? { goneId: record.Id } : {};
  if (claim.rowChange === null) return { claim, outcome: 'gone', ...gone };
  if (claim.rowChange === 'created')
    return {
      claim,
      outcome: 'retry',
      code,
      message: 'The record was deleted in Salesforce: another one is created.',
      ...gone,
    };
  return {
    claim,
    outcome: 'dead',
    code,
    ...gone,
    message: `The record was deleted in Salesforce. Replay creates it again, where the integration creates records. Salesforce: ${message}`,
  };
}
