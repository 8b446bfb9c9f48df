/** Why a row is not written. */
export const ROWS = {
  'rows.owned-by-salesforce':
    'Contacts of this project come and go with Salesforce (project type A): change it there, or ask for overridesSalesforce.',
  'rows.missing-in-salesforce':
    'Contacts of this project come from Salesforce (project type A), and there is none of this key: create it there, or ask for overridesSalesforce.',
  'rows.filled-by-salesforce':
    '{column} is filled from Salesforce (project type A) and would be written over by the next change there: change it there, or ask for overridesSalesforce.',
  'rows.missing': 'There is no row of this key.',
  'rows.exists': 'There is a row of this key already.',
  'rows.lacking': 'There is no row of this key, and a new one needs {fields}.',
  'rows.no-key': '{column} is the primary key and has no value.',
} as const;
