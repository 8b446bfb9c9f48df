/** Texts of access by SQL, of pulls that ask, and of where files go; fr-import.js has the same names. */
export const english = {
  sqlRole: {
    title: 'Access by SQL',
    hint: 'A user of the database that reads the tables of this project and nothing else: for reports and for checking by hand.',
    none: 'Nobody reads this project by SQL.',
    notPossible:
      'The embedded database takes no other clients. Run DI Connect with a PostgreSQL of its own for this.',
    create: 'Give access',
    rotate: 'New password',
    rotateQuestion: 'The password in use ends at once. Make a new one?',
    remove: 'Take access away',
    removeQuestion: 'Reports that read this project by SQL stop. Take the access away?',
    removed: 'The access is taken away.',
    password: 'Password',
    user: 'User of the database',
    line: 'To connect',
    use: 'Whoever runs DI Connect knows the host and the name of the database. Tables are called by their code in double quotes: SELECT count(*) FROM "Contact"; A statement may run for a minute.',
  },
  pullQuestion: {
    title: 'Archive this many rows?',
    archive: 'Archive them',
    archiveQuestion: 'Everything is fetched anew, and what Salesforce has no more is archived. Go on?',
    keep: 'Keep them',
    kept: 'The rows are kept. The next run that fetches everything asks again, unless the records are back.',
  },
};
