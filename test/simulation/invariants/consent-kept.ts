import type { History, Said } from '../history.ts';

interface LedgerEntry {
  readonly email: string | null;
  readonly asked: string;
  readonly source: string;
}

/** Nobody is opted in who said no last: not by whatever came from Salesforce since, nor by a merge of records. */
export async function nobodyOptedInWhoSaidNo(history: History): Promise<string[]> {
  const last = new Map(history.said.map((said) => [said.email, said]));
  const { rows } = await history.operator.query<{ email: string | null; status: string }>(
    `SELECT i.record_key->>'email' AS email, c.status FROM di.consent c
     JOIN di.record_identity i ON i.id = c.identity_id`,
  );
  return rows
    .filter(
      ({ email, status }) =>
        status === 'granted' && email !== null && last.get(email)?.status === 'withdrawn',
    )
    .map(({ email }) => `${email ?? ''} said no last, and is opted in.`);
}

/** The ledger has what people said, in their order; beside it Salesforce's fields, and what one had said who became another. */
export async function ledgerEqualToActs(history: History): Promise<string[]> {
  const { rows } = await history.operator.query<LedgerEntry>(
    `SELECT e.record_key->>'email' AS email, e.asked, e.source FROM di.consent_event e
     WHERE e.source NOT IN ('salesforce', 'merge') AND e.outcome <> 'unchanged' ORDER BY e.id`,
  );
  const wanted = history.said.filter(({ status, stood }) => status !== stood).map(entryOf);
  const found = rows.map(({ email, asked, source }) => `${email ?? 'nobody'}: ${asked} by ${source}`);
  if (wanted.join('\n') === found.join('\n')) return [];
  return [`The ledger says [${found.join('; ')}], people said [${wanted.join('; ')}].`];
}

const SOURCES = { link: 'unsubscribe-link', api: 'api' } as const;
const entryOf = ({ email, status, by }: Said): string => `${email}: ${status} by ${SOURCES[by]}`;
