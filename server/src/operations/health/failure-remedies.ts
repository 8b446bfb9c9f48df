import type { Knex } from 'knex';
import type { AccountCaller } from '../../access/caller.ts';
import type { Scope } from '../../access/scopes.ts';
import { forbidden, unprocessable } from '../../http/problem.ts';
import { acknowledgeFaults } from '../../inbound/batches/batch-faults.ts';
import { replayPull } from '../../inbound/pulls/pull-runs.ts';
import { retryItems } from '../../outbound/actions/queue-items.ts';
import { queueRun } from '../../outbound/comparisons/comparison-runs.ts';
import { discard, replay } from '../../outbound/deliveries/dead-letters.ts';
import { faultSubjectOf } from './fault-subject.ts';
import type { Failure, FailureKind } from './failures.ts';

/** A failure that somebody does something about. */
export interface RemedyCall {
  readonly knex: Knex;
  readonly caller: AccountCaller;
  readonly failure: Failure;
}

/** What is done again by the parts that did it first. */
export interface Replays {
  /** Has queues of events and actions looked at. */
  readonly wake: () => void;
  /** Goes on with an import that failed. */
  readonly resumeImport: (knex: Knex, caller: AccountCaller, id: string) => Promise<void>;
}

interface Remedy {
  /** What somebody must be allowed who has it done again or given up. */
  readonly scope: Scope;
  /** Has it done again; answers how many. A text says why it is not, and what to do instead. */
  readonly replay: ((call: RemedyCall, replays: Replays) => Promise<number>) | string;
}

const BY_THE_PLUGIN =
  'The plugin keeps what was refused and sends it again by itself: correct the transfer or what the message names, and wait for its next try.';

const replayItems: Remedy['replay'] = async ({ knex, failure }, { wake }) => {
  const count = await retryItems(knex, failure.subject, {});
  wake();
  return count;
};

const replayDeliveries =
  (state: 'dead' | 'unreached'): Remedy['replay'] =>
  ({ knex, caller, failure }) =>
    replay(knex, caller.accountId, { integration: failure.subject, state });

/** The one place that knows what can be done about each kind of failure. */
const REMEDIES: Readonly<Record<FailureKind, Remedy>> = {
  batch: { scope: 'connections:write', replay: BY_THE_PLUGIN },
  held: { scope: 'connections:write', replay: BY_THE_PLUGIN },
  record: {
    scope: 'connections:write',
    replay:
      'Salesforce’s records come again when they change, by a full run of the transfer’s pull, and by Load or Reconcile in the package: correct the field or the record, then use one of these.',
  },
  delivery: { scope: 'deliveries:write', replay: replayDeliveries('dead') },
  'opt-out': { scope: 'deliveries:write', replay: replayDeliveries('unreached') },
  event: { scope: 'deliveries:write', replay: replayItems },
  action: { scope: 'deliveries:write', replay: replayItems },
  import: {
    scope: 'imports:write',
    replay: async ({ knex, caller, failure }, { resumeImport }) => {
      await resumeImport(knex, caller, failure.subject);
      return 1;
    },
  },
  pull: {
    scope: 'transfers:write',
    replay: async ({ knex, failure }) => {
      await replayPull(knex, failure.subject);
      return 1;
    },
  },
  comparison: {
    scope: 'transfers:write',
    replay: async ({ knex, failure }) => {
      await queueRun(knex, failure.subject, 'compare');
      return 1;
    },
  },
  deployment: {
    scope: 'connections:write',
    replay:
      'Start the deployment again where it was started: what it would put there may have changed since.',
  },
};

/** Whether failures of a kind are done again by somebody's asking. */
export const canReplay = (kind: FailureKind): boolean => typeof REMEDIES[kind].replay !== 'string';

/** What somebody must be allowed who has failures of a kind done again or given up. */
export const remedyScope = (kind: FailureKind): Scope => REMEDIES[kind].scope;

/** Has what failed done again; answers how many. Throws a problem where that is not how it goes on. */
export async function replayFailure(call: RemedyCall, replays: Replays): Promise<number> {
  const { scope, replay: again } = REMEDIES[call.failure.kind];
  requireScope(call.caller, scope);
  if (typeof again === 'string') throw unprocessable('not-replayed', again);
  return again(call, replays);
}

/**
 * Gives a failure up: deliveries are forgotten, their records stay as they are in Salesforce; all else counts no longer.
 * Opt-outs that reached nobody are still owed: they are sent when there is somebody to tell.
 */
export async function discardFailure({ knex, caller, failure }: RemedyCall): Promise<void> {
  const { accountId, kind, subject } = failure;
  requireScope(caller, REMEDIES[kind].scope);
  if (kind === 'delivery') {
    await discard(knex, caller.accountId, { integration: subject, state: 'dead' });
  } else if (kind === 'batch' || kind === 'held' || kind === 'record') {
    await acknowledgeFaults(knex, faultSubjectOf(subject), kind);
  } else {
    await knex('di.acknowledgement')
      .insert({ account_id: accountId, kind, subject, by_name: caller.actor.name })
      .onConflict(['account_id', 'kind', 'subject'])
      .merge({ at: knex.fn.now(), by_name: caller.actor.name });
  }
}

function requireScope({ scopes }: AccountCaller, scope: Scope): void {
  if (!scopes.has(scope)) throw forbidden('insufficient-scope', `This needs the scope ${scope} too.`);
}
