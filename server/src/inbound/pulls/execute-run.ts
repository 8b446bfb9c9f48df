import { say } from '../../messages/message.ts';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type pg from 'pg';
import type { BatchAnswer } from '../batches/batch.ts';
import type { BatchBody } from '../batches/batch-body.ts';
import { takeBatch } from '../batches/take-batch.ts';
import type { Targets } from '../batches/targets.ts';
import { knexSession } from '../../database/session.ts';
import { checkEnding } from '../../jobs/interrupted.ts';
import { endRun } from '../../jobs/runs.ts';
import type { Metrics } from '../../process/metrics.ts';
import type { OrgObject, OrgRecord, SalesforceOrg, SalesforceOrgs } from '../../salesforce/org.ts';
import { report, type ClaimedPullRun, type RunCounts, type RunKind } from './pull-runs.ts';
import { batchOf } from './pulled-records.ts';
import { askedFrom, seenUntil } from './pull-window.ts';
import { keepWatermark, type Pull } from './pulls.ts';
import {
  canBulk,
  changedQueries,
  checkSelectionInOrg,
  countRecords,
  fullQueries,
  mappedFields,
  type RunQueries,
} from './selection.ts';
import { countVanished, isShared, nextVanished } from './vanished.ts';

/** What runs are carried out with. */
export interface PullDesk {
  readonly knex: Knex;
  readonly pool: pg.Pool;
  readonly targets: Targets;
  readonly orgs: SalesforceOrgs;
  readonly metrics: Metrics;
}

/** Records that are archived in one batch, and that are looked for at once: the look compares everything. */
const PORTION = 2000;
const LOOK = 50_000;
/** A run that would archive more rows than these, and more than half of them, asks first. */
const MANY = 20;
const NOTHING: RunCounts = {
  read: 0,
  applied: 0,
  unchanged: 0,
  stale: 0,
  archived: 0,
  rivals: 0,
  left_out: 0,
  rejected: 0,
};

/**
 * Carries out a run to its end. Throws SalesforceFault, a Problem, LeaseLost or Interrupted.
 *
 * @param ending the lease of the run is lost, or the server stops
 */
export async function executeRun(
  desk: PullDesk,
  pull: Pull,
  run: ClaimedPullRun,
  ending: AbortSignal,
): Promise<void> {
  const org = await desk.orgs.open(pull.connectionId, 'pulls');
  const described = await org.describe(pull.object);
  checkSelectionInOrg(pull.selection, described);
  const kind = kindOf(pull, run);
  await new Execution(desk, pull, run, org, described, ending).carryOut(kind);
}

/** Changes are enough where everything was fetched once, and not too long ago. */
function kindOf(pull: Pull, run: ClaimedPullRun): RunKind {
  if (run.kind === 'full' || pull.selection.type === 'query') return 'full';
  if (pull.watermark === null || pull.lastFullAt === null) return 'full';
  const age = run.startedAt.getTime() - pull.lastFullAt.getTime();
  return age >= pull.fullEveryDays * 86_400_000 ? 'full' : 'changes';
}

class Execution {
  readonly #desk: PullDesk;
  readonly #pull: Pull;
  readonly #run: ClaimedPullRun;
  readonly #org: SalesforceOrg;
  readonly #described: OrgObject;
  readonly #ending: AbortSignal;
  #counts = NOTHING;
  #batches = 0;

  constructor(
    desk: PullDesk,
    pull: Pull,
    run: ClaimedPullRun,
    org: SalesforceOrg,
    described: OrgObject,
    ending: AbortSignal,
  ) {
    this.#desk = desk;
    this.#pull = pull;
    this.#run = run;
    this.#org = org;
    this.#described = described;
    this.#ending = ending;
  }

  async carryOut(kind: RunKind): Promise<void> {
    const queries = this.#queriesOf(kind);
    const expected = await countRecords(this.#org, queries);
    await this.#report({ kind, expected });
    const newest = await this.#fetch(queries, expected);
    const isHeld = kind === 'full' && (await this.#archiveVanished(queries));
    if (isHeld) return;
    const watermark = seenUntil(newest, this.#run.startedAt);
    await this.#desk.knex.transaction(async (transaction) => {
      await this.#run.lease.fence(knexSession(transaction));
      await keepWatermark(transaction, this.#pull, { watermark, isFull: kind === 'full' });
    });
    await endRun(this.#desk.knex, this.#run.lease, { state: 'done' });
  }

  #queriesOf(kind: RunKind): RunQueries {
    const { selection, object, mapping, watermark } = this.#pull;
    const mapped = mappedFields(mapping);
    if (kind === 'full' || selection.type === 'query' || watermark === null)
      return fullQueries(selection, object, mapped);
    return changedQueries(selection, object, mapped, askedFrom(watermark));
  }

  /** Fetches page by page; answers the newest SystemModstamp. */
  async #fetch(queries: RunQueries, expected: number): Promise<string | null> {
    const isBulk = expected >= this.#pull.bulkThreshold && canBulk(this.#described, queries.fields);
    const options = { all: queries.withDeleted };
    const pages = isBulk
      ? this.#org.queryBulk(queries.records, this.#described.fields, options)
      : this.#org.query(queries.records, options);
    let newest: string | null = null;
    for await (const page of pages) {
      const batch = batchOf(this.#pull.object, queries, page);
      if (batch.newest !== null && (newest === null || batch.newest > newest)) newest = batch.newest;
      await this.#apply(batch.body, page);
    }
    return newest;
  }

  async #apply(body: BatchBody, page: readonly OrgRecord[]): Promise<void> {
    checkEnding(this.#ending);
    // What was taken over meanwhile writes nothing more.
    await this.#run.lease.check();
    if (page.length > 0 || body.archives.length > 0) {
      const started = performance.now();
      const { answer, isReplay } = await this.#take(body);
      this.#desk.metrics.batch(answer, isReplay, performance.now() - started);
      this.#counts = added(this.#counts, page.length, answer);
    }
    await this.#report();
  }

  #take(body: BatchBody): ReturnType<typeof takeBatch> {
    const { connectionId, object, table } = this.#pull;
    const { organizationId } = this.#org;
    const rawBody = Buffer.from(JSON.stringify(body));
    this.#batches += 1;
    return takeBatch(
      this.#desk.targets,
      this.#desk.pool,
      { connectionId, organizationId, tableCode: table, object },
      { organizationId, idempotencyKey: `${this.#keys}${this.#batches}:${digest(rawBody)}`, rawBody, body },
    );
  }

  /** What the keys of this run's batches start with. */
  get #keys(): string {
    return `pull:${this.#run.id}:${this.#run.attempt}:`;
  }

  /**
   * Archives rows whose records the org no longer has, or the selection no longer holds. Answers true where they are so
   * many that somebody is to look first: a permission taken away looks just like records that are gone.
   */
  async #archiveVanished(queries: RunQueries): Promise<boolean> {
    const { knex } = this.#desk;
    const { connectionId, object, table } = this.#pull;
    const { target } = await this.#desk.targets.find(
      { connectionId, organizationId: this.#org.organizationId, tableCode: table, object },
      batchOf(object, queries, []).body.fields,
    );
    const { keyPrefix } = this.#described;
    if (keyPrefix === null || (await isShared(knex, { tableId: target.tableId, connectionId, object })))
      return false;
    const where = {
      tableId: target.tableId,
      schemaName: target.schemaName,
      tableCode: target.tableCode,
      connectionId,
      keyPrefix,
      batchKeys: this.#keys,
      since: this.#run.startedAt,
    };
    const { kept, gone } = await countVanished(knex, where);
    if (gone > MANY && gone * 2 > kept && !this.#run.mayArchiveMany) {
      await endRun(knex, this.#run.lease, {
        state: 'held',
        code: 'too-many-vanished',
        message: say('failures.too-many-vanished', { gone, kept }),
      });
      return true;
    }
    const { body } = batchOf(object, queries, []);
    for (;;) {
      const vanished = await nextVanished(knex, where, LOOK);
      if (vanished.length === 0) return false;
      for (let from = 0; from < vanished.length; from += PORTION) {
        const archives = vanished.slice(from, from + PORTION).map(([id, at]): [string, string] => [id, at]);
        await this.#apply({ ...body, archives }, []);
      }
    }
  }

  #report(more: { kind?: RunKind; expected?: number } = {}): Promise<void> {
    return report(this.#run, this.#counts, more);
  }
}

function added(counts: RunCounts, read: number, answer: BatchAnswer): RunCounts {
  return {
    read: counts.read + read,
    applied: counts.applied + answer.applied,
    unchanged: counts.unchanged + answer.unchanged,
    stale: counts.stale + answer.stale,
    archived: counts.archived + answer.archived,
    rivals: counts.rivals + (answer.rivals ?? 0),
    left_out: counts.left_out + (answer.leftOut ?? 0),
    rejected: counts.rejected + answer.rejected.length,
  };
}

function digest(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 16);
}
