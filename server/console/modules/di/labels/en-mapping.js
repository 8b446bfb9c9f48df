/** Texts of what is done to values on their way into a column; fr-mapping.js has the same names. */
export const english = {
  columnValues: {
    title: 'Values',
    hint: 'What a column is filled with, and what is done to each value before it is stored.',
    column: 'Column',
    source: 'Filled with',
    sources: {
      field: 'a Salesforce field',
      concat: 'several fields, joined',
      constant: 'always the same value',
    },
    fieldAbove: 'Choose the field in the table above.',
    fields: 'Salesforce fields, separated by commas',
    separator: 'Between them',
    constant: 'Value',
    trim: 'Without spaces at both ends',
    letters: 'Letters',
    cases: { kept: 'as they come', lowercase: 'small', uppercase: 'capital' },
    map: 'Other values instead, one a line: value = value instead',
    mapHelp: 'For example: CA = Canada. Nothing after the sign empties it.',
    otherwise: 'A value that is not among them',
    otherwises: { keep: 'is kept', empty: 'is emptied', reject: 'rejects the record' },
    default: 'Where there is none',
    foreign: 'This column was set up by the API in a way that this form cannot show. It stays as it is:',
  },
};
