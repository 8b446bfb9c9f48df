/** Texts of opt-outs that come from somewhere else; fr-consent.js has the same names. */
export const english = {
  consentRules: {
    title: 'Opt-outs from Salesforce',
    hint: 'A record with this value withdraws its person’s consent, with the record as proof. Nothing in Salesforce ever grants it.',
    none: 'No field of this transfer withdraws consent.',
    field: 'Salesforce field',
    mapFirst: 'Map the checkbox first, such as HasOptedOutOfEmail: only fields that come can be read.',
    optIn: 'Withdraws',
    allOptIns: 'Every opt-in',
    when: 'When it is',
    values: { true: 'checked', false: 'not checked' },
    add: 'Add a field',
    saved: 'The opt-outs are saved. They count from the next record on.',
  },
  optOutList: {
    title: 'Opt-outs of a list',
    hint: 'A CSV file with the column address, or those of the primary key; optIn, date and reason if wanted. It only ever withdraws. Sending a file again is safe.',
    optIn: 'Where a line names no opt-in',
    send: 'Withdraw',
    question: 'This cannot be taken back for all at once. Withdraw what the file says?',
    sending: 'The file is being read. Stay on this screen until it is done.',
    done: {
      one: '{0} line: {1} withdrew something, {2} had before, {3} overtaken by something newer.',
      other: '{0} lines: {1} withdrew something, {2} had before, {3} overtaken by something newer.',
    },
    unknown: {
      one: '{0} person is not there yet: the withdrawal is kept for when they come.',
      other: '{0} people are not there yet: their withdrawals are kept for when they come.',
    },
    rejected: { one: '{0} line was rejected.', other: '{0} lines were rejected.' },
    line: 'Line',
    reason: 'Reason',
  },
};
