/** How a connection stands, the gravest word that applies. */
export const VERDICTS = [
  'revoked',
  'archived',
  'not-authorized',
  'no-transfer',
  'rejecting',
  'nothing-yet',
  'in-step',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict is made of. */
export interface Standing {
  readonly isRevoked: boolean;
  readonly isProjectArchived: boolean;
  readonly isAuthorized: boolean;
  readonly activeTransfers: number;
  /** Records of the last day that could not be stored. */
  readonly rejected: number;
  readonly lastBatchAt: Date | null;
}

/** What keeps anything from coming is said before what is wrong with what came. */
export function verdictOf(standing: Standing): Verdict {
  if (standing.isRevoked) return 'revoked';
  if (standing.isProjectArchived) return 'archived';
  if (!standing.isAuthorized) return 'not-authorized';
  if (standing.activeTransfers === 0) return 'no-transfer';
  if (standing.rejected > 0) return 'rejecting';
  return standing.lastBatchAt === null ? 'nothing-yet' : 'in-step';
}
