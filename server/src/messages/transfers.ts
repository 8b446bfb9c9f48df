/** Why a transfer cannot be as somebody wants it. */
export const TRANSFERS = {
  'transfers.trigger-shipped': 'The package has a trigger on {object}: it needs no other.',
  'transfers.no-trigger': '{object} is not an object that can have a trigger.',
  'transfers.fields-still-sent':
    'Salesforce sends {fields} with this transfer: without them in the mapping its batches are refused. Take them out of the DI Data Transfer in Salesforce first, or save with dropsSentFields.',
  'transfers.several-orgs':
    'Several connections fill this table, and {integration} writes {column} back to where it comes from: changes of one org would be lost in the other. Take {column} out of the integration, or give each org a table of its own.',
  'transfers.exists': '{object} is transferred to {table} by this connection already.',
  'transfers.withdraws-consent':
    '{field} withdraws consent: take it out of the transfer’s consent rules before its mapping.',
  'transfers.unknown-column': '{table} has no field {column}.',
  'transfers.mapped-twice': '{field} is mapped twice.',
  'transfers.key-only-when-empty':
    '{column} is of the primary key, which every row has: onlyWhenEmpty would mean nothing. Take it off.',
  'transfers.key-not-mapped': 'Map the primary key first: {fields}.',
  'transfers.required-not-mapped': 'These fields are required and not mapped: {fields}.',
} as const;
