/** Texts of what failed; fr-health.js has the same names. */
export const english = {
  failures: {
    title: 'What failed',
    moments: 'Since {0}, the latest {1}',
    replay: 'Try again',
    replayOf: 'Try again: {0}',
    replayed: 'It is done again: the next look says how it went.',
    acknowledge: 'Acknowledge',
    acknowledgeOf: 'Acknowledge: {0}',
    acknowledged: 'It counts no longer. What fails later will.',
    elsewhere: 'Imports',
    silence:
      'The plugin was last heard of {0}. Its longest silence of the last weeks was {1} hours: look at the DI Monitor in Salesforce.',
    kinds: {
      batch: {
        one: '{0} record of {1} was refused with its batch',
        other: '{0} records of {1} were refused with their batches',
      },
      held: { one: '{1} waits in Salesforce', other: '{1} waits in Salesforce' },
      record: {
        one: '{0} record of {1} could not be stored',
        other: '{0} records of {1} could not be stored',
      },
      delivery: { one: '{0} delivery of {1} was given up', other: '{0} deliveries of {1} were given up' },
      'opt-out': {
        one: '{0} opt-out of {1} reached no record in Salesforce',
        other: '{0} opt-outs of {1} reached no record in Salesforce',
      },
      event: {
        one: '{0} event of {1} was not written to Salesforce',
        other: '{0} events of {1} were not written to Salesforce',
      },
      action: { one: '{0} item of {1} was not carried out', other: '{0} items of {1} were not carried out' },
      import: { one: 'The import {1} failed', other: 'The import {1} failed' },
      pull: { one: 'The pull {1} did not end', other: 'The pull {1} did not end' },
      deployment: { one: 'The deployment of {1} failed', other: 'The deployment of {1} failed' },
    },
    open: {
      batch: 'Open the transfer',
      held: 'Fix it',
      record: 'Open the transfer',
      delivery: 'Open the deliveries',
      'opt-out': 'Open the deliveries',
      event: 'Open the source',
      action: 'Open the action',
      import: 'Open the import',
      pull: 'Open the pull',
      deployment: 'Open the deployments',
    },
    holds: {
      'transfer-paused':
        'The transfer is paused: what changes waits in Salesforce, and comes when it is activated.',
      'transfer-draft':
        'The transfer is a draft: what changes waits in Salesforce, and comes when it is activated.',
      'transfer-missing':
        'Salesforce sends these records, and there is no transfer for them yet. They wait there until one is active.',
      'table-missing': 'Salesforce sends to a table that is not built. The records wait there until it is.',
      'table-archived': 'The table is archived. What changes waits in Salesforce until it is restored.',
      'project-archived': 'The project is archived. What changes waits in Salesforce until it is restored.',
    },
  },
};
