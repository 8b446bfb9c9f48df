/** How a connection stands, the gravest word that applies. */
export const VERDICTS = [
  'revoked',
  'archived',
  'not-authorized',
  'stopped',
  'no-transfer',
  'failing',
  'rejecting',
  'nothing-yet',
  'in-step',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict is made of. */
export interface Standing {
  readonly isRevoked: boolean;
  readonly isProjectArchived: boolean;
  /** The plugin has introduced its org, or DI may call it. */
  readonly isAuthorized: boolean;
  /** Something has stopped and was not mended, or DI's own authorization no longer works. */
  readonly isStopped: boolean;
  /** Active transfers and integrations. */
  readonly activeWays: number;
  /** Deliveries that were given up. */
  readonly dead: number;
  /** Records of the last day that could not be stored. */
  readonly rejected: number;
  /** Something has come or gone. */
  readonly isUsed: boolean;
}

/** What keeps anything from moving is said before what is wrong with what moved. */
export function verdictOf(standing: Standing): Verdict {
  if (standing.isRevoked) return 'revoked';
  if (standing.isProjectArchived) return 'archived';
  if (!standing.isAuthorized) return 'not-authorized';
  if (standing.isStopped) return 'stopped';
  if (standing.activeWays === 0) return 'no-transfer';
  if (standing.dead > 0) return 'failing';
  if (standing.rejected > 0) return 'rejecting';
  return standing.isUsed ? 'in-step' : 'nothing-yet';
}
