/** Why a column and a Salesforce field cannot be mapped to each other, or how far. */
export const FITS = {
  'fits.several': '{count} things do not fit. The first: {reason}',
  'fits.no-such-field': '{field} is not a field of the object, or cannot be read.',
  'fits.mapped-values': 'Values of {field} are mapped; each is checked when it comes.',
  'fits.rejected-one-by-one':
    '{field} is {fieldType}, {column} is {columnType}: values that do not fit are rejected, one record at a time.',
  'fits.joined-length': '{column} takes {length} characters of all fields joined.',
  'fits.joined-is-text': 'Fields joined are text; {fieldType} into {columnType} cannot be.',
  'fits.wrong-type': '{field} is {fieldType}, {column} is {columnType}: {columnType} takes {types}.',
  'fits.too-long':
    '{field} has up to {longest} characters, {column} takes {length}: widen {column} to {longest} and build.',
  'fits.too-many-digits':
    '{field} has {whole} digits before and {scale} after the point, {column} takes {wholeRoom} and {scaleRoom}.',
  'fits.values-not-allowed':
    '{field} may be {values}, which {column} does not allow: add them to its picklist, or map them.',
  'fits.currencies':
    'The org has several currencies: map CurrencyIsoCode too, or {column} cannot be told apart.',
  'fits.no-object': 'The org has no object {object}, or the connection’s user may not see it.',
  'fits.hidden':
    '{field} is not there, or the connection’s user may not see it: give the user access to it in its permission set.',
  'fits.may-not-create': 'The connection’s user may not create records of {object}: give it the permission.',
  'fits.may-not-change': 'The connection’s user may not change records of {object}: give it the permission.',
  'fits.may-not-delete': 'The connection’s user may not delete records of {object}: give it the permission.',
  'fits.checkbox-never-empty':
    '{field} is a checkbox, which is never empty: take onlyWhenEmpty off its mapping.',
  'fits.not-createable':
    '{field} cannot be written on new records by the connection’s user: give the user edit access to the field; where only Salesforce writes it, take it out.',
  'fits.not-updateable':
    '{field} cannot be changed by the connection’s user: give the user edit access to the field; where only Salesforce writes it, take it out, or write it on new records only.',
  'fits.fails-one-by-one':
    '{column} is {columnType}, {field} is {fieldType}: a value that does not fit fails, one record at a time.',
  'fits.cannot-be-written':
    '{column} is {columnType}, {field} is {fieldType}: none of its values could be written.',
  'fits.values-not-in-picklist':
    '{column} may be {values}, which the picklist {field} does not have: add them there, or map them.',
  'fits.any-length':
    '{column} takes any number of characters, {field} {length}: a longer value fails, one record at a time.',
  'fits.longer':
    '{column} takes {columnLength} characters, {field} {length}: a longer value fails, one record at a time.',
  'fits.required': '{field} is required for new records of {object}: map a column or a constant.',
  'fits.may-be-empty':
    '{field} is required, {column} may be empty: such a row fails. A default transform fills it in.',
  'fits.no-checkbox': '{field} is {fieldType}: an opt-in is written to a checkbox.',
  'fits.may-not-change-field':
    'The connection’s user may not change {field}: give it edit access to the field.',
  'fits.reaches-one':
    'Consent is written to one record of {object}: others with the same address are not told. Look records up by the address and choose all of them to reach each.',
  'fits.not-filterable':
    'Records cannot be looked for by {field}, which is {fieldType}: it is not filterable text.',
  'fits.not-unique':
    '{field} is not a unique external id: tick both in its definition, or a repeated creation would make a second record.',
  'fits.id-too-short': '{field} has to be text of {length} characters or more: it holds DI’s ids.',
  'fits.new-record-needs': 'A new {object} needs {field}: map it.',
  'fits.may-not': 'The connection’s user may not {operation} records of {object}: give it the permission.',
  'fits.unknown-field': 'The object {object} has no field {field}.',
  'fits.matcher-not-filterable': 'Salesforce cannot look for records by {field} (no “Filter” property).',
  'fits.no-matcher': 'Name at least one record matcher for {operation}.',
  'fits.nothing-mapped': 'Map at least one field for {operation}.',
  'fits.twice': '{field} is in the {what} twice.',
  'fits.may-not-write': 'The connection’s user may not write {field}.',
} as const;
