/** What failed and still stands, where nothing of it says so itself. */
export const FAILURES = {
  'failures.too-many-vanished':
    '{gone} of {kept} rows have no record in Salesforce any more, or none that the selection holds and the authorized user may see. Nothing was archived. If that is right, have them archived (mayArchiveMany); if not, look at the selection and at what the authorized user may see.',
  'failures.silent':
    'The plugin was last heard of on {at} UTC. Its longest silence of the last weeks was {hours} hours.',
  'failures.permission': '{object}: {reason} ({code})',
  'failures.no-record':
    'Salesforce has no record of these people: their opt-outs are sent as soon as one comes.',
  'failures.differs':
    'Both sides differ, and nothing explains it: look at the differences, and take them from Salesforce or send them again.',
} as const;
