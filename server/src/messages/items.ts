/** What became of events and of items of actions. */
export const ITEMS = {
  'items.several-matches': '{count} records match: {ids}. None was changed.',
  'items.no-such-id': 'No {object} has the id {id}: {reason}',
  'items.unknown-object': 'The org has no object {object} that its authorized user may see ({said}).',
  'items.invalid-id': '{id} is no id of a {object}.',
  'items.no-match': 'No {object} matches; there is nothing to {operation}.',
  'items.nothing-to-write': 'No value was given that can be written to the record.',
  'items.outcome-unknown':
    'The record was sent, and the org’s answer was lost: it may have been created. Look for it, then try again or leave it.',
  'items.required-field-missing': 'A new {object} needs {fields}.',
  'items.not-allowed': 'A {object} cannot be {what} by the connection’s authorized user.',
  'items.answer-lost':
    'The org’s answer was lost ({reason}): the record may have been created. Look for it, then try again or leave it.',
  'items.unknown-field':
    '{object} has no field {field}. Create it in Salesforce, or stop sending it; then try again.',
  'items.no-object': '{field} takes no object.',
  'items.no-type': '{field} takes no {type}.',
  'items.no-list': '{field} takes a list of texts and numbers only.',
  'items.no-checkbox': '{field} is a checkbox, and takes true or false, not {value}.',
  'items.no-number': '{field} is a number, and takes no {value}.',
  'items.no-whole-number': '{field} is a whole number, and takes no {value}.',
  'items.too-many-digits': '{field} shows {digits} digits after the point, and takes no {value}.',
  'items.not-of-type': '{field} is a {type}, and takes no {value}.',
  'items.lead-converted':
    'The lead {lead} was converted, and its contact is not to be seen. Nothing was created.',
  'items.lead-deleted':
    'The lead was deleted in Salesforce, and is in its recycle bin: {leads}. Nothing was created.',
} as const;
