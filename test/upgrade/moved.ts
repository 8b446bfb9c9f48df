/**
 * Tables (`di.batch`) and columns (`di.batch.answer`) of snapshots that a later migration has emptied, moved, dropped or
 * filled otherwise, each with where its values are now. Whoever adds one proves in a test of that migration that nothing
 * was lost.
 */
export const MOVED: Readonly<Record<string, string>> = {
  // 019: Email Opt Out says which opt-ins it means.
  'di.integration.opt_in_fields': 'the same fields, each with optIns',
  'di.integration.version': 'one more where opt_in_fields changed',
  // 030: a lease says who holds work, and nothing else.
  'di.pull_run.lease_until': 'di.pull_run.leased_until',
  'di.delivery_channel.leased_until': 'di.delivery_channel.served_at, where nobody holds the channel',
  'di.import.leased_until': 'di.import.due_at, where nobody holds the import',
};
