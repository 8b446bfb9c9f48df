import type { FailureKind } from './failures.ts';

/** How a connection stands, the gravest word that applies. */
export const VERDICTS = [
  'revoked',
  'archived',
  'not-authorized',
  'stopped',
  'no-transfer',
  'refusing',
  'failing',
  'rejecting',
  'differing',
  'held',
  'silent',
  'behind',
  'sending',
  'nothing-yet',
  'in-step',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict is made of. */
export interface ConnectionState {
  readonly isRevoked: boolean;
  readonly isProjectArchived: boolean;
  /** The plugin has introduced its org, or DI may call it. */
  readonly isAuthorized: boolean;
  /** Something has stopped and was not mended, or DI's own authorization no longer works. */
  readonly isStopped: boolean;
  /** Active transfers, integrations, sources of events and actions. */
  readonly activeWays: number;
  /** What failed and still stands, by kind. */
  readonly failed: Readonly<Record<FailureKind, number>>;
  /** The plugin has been silent for longer than is usual for it. */
  readonly isSilent: boolean;
  /** What is on its way to Salesforce or from there, as far as DI knows; late where it waits for longer than it should. */
  readonly onItsWay: 'nothing' | 'something' | 'late';
  /** Something has come or gone. */
  readonly isUsed: boolean;
}

/** What keeps anything from moving is said before what is wrong with what moved. */
export function verdictOf(standing: ConnectionState): Verdict {
  if (standing.isRevoked) return 'revoked';
  if (standing.isProjectArchived) return 'archived';
  if (!standing.isAuthorized) return 'not-authorized';
  if (standing.isStopped) return 'stopped';
  if (standing.activeWays === 0) return 'no-transfer';
  const { batch, record, held, comparison, ...work } = standing.failed;
  if (batch > 0) return 'refusing';
  if (Object.values(work).some((count) => count > 0)) return 'failing';
  if (record > 0) return 'rejecting';
  if (comparison > 0) return 'differing';
  if (held > 0) return 'held';
  if (standing.isSilent) return 'silent';
  if (standing.onItsWay === 'late') return 'behind';
  if (standing.onItsWay === 'something') return 'sending';
  return standing.isUsed ? 'in-step' : 'nothing-yet';
}
