/** Options of the command line, as parseArgs takes them. */
export const OPTIONS = {
  project: { type: 'string' },
  table: { type: 'string' },
  connection: { type: 'string' },
  object: { type: 'string' },
  operation: { type: 'string' },
  'external-id': { type: 'string' },
  map: { type: 'string', multiple: true },
  consent: { type: 'string', multiple: true },
  'consent-date': { type: 'string' },
  mode: { type: 'string' },
  empty: { type: 'boolean' },
  encoding: { type: 'string' },
  delimiter: { type: 'string' },
  dates: { type: 'string' },
  decimals: { type: 'string' },
  'time-zone': { type: 'string' },
  'overrides-salesforce': { type: 'boolean' },
  check: { type: 'boolean' },
  rejects: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export const USAGE = `Imports a CSV file through the API of a running server.

  npm run import -- --project P --table Contact people.csv
  npm run import -- --connection <id> --object Contact people.csv

DI_CONNECT_KEY holds an API key with the scopes imports:read and imports:write; DI_CONNECT_URL is http://127.0.0.1:3000
where nothing is said.

  --check                 looks what would become of each row; nothing is written
  --map "Heading=column"  where a column goes, in the place of what is suggested; once for each; "Heading=" leaves it out
  --consent "Heading=optIn"
                          a column with yes and no for an opt-in, by its code; once for each; needs consent:write
  --consent-date Heading  the column that tells when people said so
  --mode M                upsert (usual), create or update: all rows, new ones only, existing ones only
  --empty                 an empty cell empties what is there, instead of leaving it alone
  --dates D               iso, dmy or mdy, where the file does not tell
  --decimals D            point or comma
  --time-zone Z           of moments without a zone, as America/Toronto; UTC where nothing is said
  --encoding E            in the place of the one that is found: any that iconv knows, as windows-1251, shift_jis, macintosh
  --delimiter D           in the place of the one that is found
  --overrides-salesforce  writes contacts of a project of type A, which come from Salesforce
  --operation O           for an object: insert (usual), update or upsert
  --external-id F         for an upsert of an object: the field that records are found by
  --rejects FILE          where rejected rows are written to; beside the file where nothing is said`;

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string | boolean | string[]>>>;

/** Where the file goes; null where that is not said. */
export function targetOf({ project, table, connection, object }: Values): object | null {
  if (typeof project === 'string' && typeof table === 'string' && !connection && !object)
    return { project, table };
  if (typeof connection === 'string' && typeof object === 'string' && !project && !table)
    return { connection, object };
  return null;
}

/** What is set otherwise than the server suggests. */
export function settingsOf(
  values: Values,
  suggested: readonly { readonly heading: string; readonly to: string }[],
): Readonly<Record<string, unknown>> {
  const named: Record<string, unknown> = {
    mode: values.mode,
    emptyCells: values.empty === true ? 'empty' : undefined,
    encoding: values.encoding,
    delimiter: values.delimiter === '\\t' ? '\t' : values.delimiter,
    dates: values.dates,
    decimals: values.decimals,
    timeZone: values['time-zone'],
    overridesSalesforce: values['overrides-salesforce'],
    operation: values.operation,
    externalIdField: values['external-id'],
    consents: Array.isArray(values.consent) ? consentsOf(values.consent, values['consent-date']) : undefined,
    mapping: Array.isArray(values.map) ? mappingOf(values.map, suggested) : undefined,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** `Heading=optIn` as the API takes it. */
function consentsOf(given: readonly string[], date: unknown): object[] {
  return given.map((text) => {
    const [heading, optIn] = parted(text, '--consent "Heading=optIn"');
    return typeof date === 'string' ? { heading, optIn, date } : { heading, optIn };
  });
}

/** What is said of a heading or a column takes the place of what was suggested for it. */
function mappingOf(
  given: readonly string[],
  suggested: readonly { readonly heading: string; readonly to: string }[],
): { heading: string; to: string }[] {
  const said = given.map((text) => {
    const [heading, to] = parted(text, '--map "Heading=column"');
    return { heading, to };
  });
  const kept = suggested.filter(
    ({ heading, to }) => !said.some((each) => each.heading === heading || each.to === to),
  );
  return [...kept.map(({ heading, to }) => ({ heading, to })), ...said.filter(({ to }) => to !== '')];
}

/** A heading may have signs of equality itself; what it goes to has none. */
function parted(text: string, form: string): [heading: string, to: string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new Error(`Write ${form}; ${JSON.stringify(text)} is none.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
