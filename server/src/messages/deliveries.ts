/** Why a delivery was not made, and how integrations stand. */
export const DELIVERIES = {
  'deliveries.tried': 'Tried {times} times. {reason}',
  'deliveries.record-deleted':
    'The record was deleted in Salesforce, and no other one is found for the row. It is sent when one comes; replay creates one, where the integration creates records. Salesforce: {said}',
  'deliveries.no-record':
    'The person has opted out, and Salesforce has no record to tell: the opt-out is sent as soon as one comes.',
  'deliveries.nobody-left':
    'The person has opted out, and has neither a row nor a record in Salesforce: the opt-out is sent as soon as a record comes.',
  'deliveries.merged':
    'The row’s {object} was merged in Salesforce into {successor}, which is the record of another row: opt-outs are sent there, the row’s other values are not. Delete one of the two rows, or discard this.',
  'deliveries.not-kept':
    'Salesforce saved {record} and {field} is {value} again: a trigger, a flow or a user in Salesforce has set it back. Change that, then send it again.',
  'deliveries.stopped': '{reason} What waits is sent when the integration is activated again.',
  'deliveries.many-dead':
    '{count} or more deliveries of {integration} were given up. Their reasons are listed with them; replay or discard them.',
  'deliveries.no-lookup-value':
    'The row has no value to look for its record by, so that none is created for it.',
  'deliveries.of-another-row':
    'The record of {object} with {field} {value} is the one that another row came from: one of both has just changed. It is looked for again.',
  'deliveries.of-another-object':
    'The row is a record of another object now, and the integration of that one has not sent it yet. It is sent to {object} if the row comes back before.',
  'deliveries.several-records':
    '{count} records of {object} have {field} {value}: which of them is the row’s own is not known. It is sent when one of them takes the row. Else merge them, match by another field, or let consent reach all of them.',
  'deliveries.not-active': 'The integration is {status}.',
  'deliveries.one-dead': 'One delivery was given up; see its reason.',
  'deliveries.dead': '{count} deliveries were given up; see their reasons.',
} as const;
