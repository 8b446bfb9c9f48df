import type { DiConnect } from './di-connect.ts';
import type { Salesforce } from './salesforce.ts';
import { OWNER, PROJECT } from './set-up.ts';
import type { Unsubscribed } from './way-back.ts';

/** Says what is being done and how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  process.stdout.write(`${what} … `);
  const result = await work();
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** A bar that is drawn over itself on a terminal, and once at the end elsewhere. */
export function progressBar(what: string): (done: number, of: number) => void {
  return (done, of) => {
    const isDone = done >= of;
    if (!process.stdout.isTTY && !isDone) return;
    const filled = Math.round((30 * Math.min(done, of)) / of);
    process.stdout.write(
      `${process.stdout.isTTY ? '\r' : ''}${what.padEnd(30)} [${'█'.repeat(filled)}${' '.repeat(30 - filled)}] ${done}/${of}${isDone ? '\n' : ''}`,
    );
  };
}

interface Outcome {
  readonly di: DiConnect;
  readonly salesforce: Salesforce;
  readonly contacts: number;
  readonly landed: number;
  readonly savedMilliseconds: number;
  readonly totalMilliseconds: number;
}

/** What landed, how long it took, and what it cost. */
export async function printOutcome({
  di,
  salesforce,
  contacts,
  landed,
  savedMilliseconds,
  totalMilliseconds,
}: Outcome): Promise<void> {
  const { rows } = await di.rows(PROJECT, 'Contact', 3);
  const status = await salesforce.status();
  const used = status.limitsUsed;
  console.log(
    `\n${landed} of ${contacts} contacts are in the project’s table: saved in ${(savedMilliseconds / 1000).toFixed(1)} s, landed after ${(totalMilliseconds / 1000).toFixed(1)} s.`,
  );
  console.table(
    rows.map(({ email, first_name, last_name, city, company }) => ({
      email,
      first_name,
      last_name,
      city,
      company,
    })),
  );
  console.log(
    `Spent: ${status.callouts} callouts from Apex, ${status.apiCalls} Salesforce API calls (set-up and load).`,
  );
  console.log('The most that one transaction used of its governor limits:');
  for (const kind of ['synchronous', 'event', 'queueable'])
    console.log(`  ${kind.padEnd(12)} ${limitsText(used[kind] ?? {})}`);
  if (landed < contacts) process.exitCode = 1;
}

const LIMIT_NAMES: Readonly<Record<string, string>> = {
  queries: 'SOQL queries',
  queryRows: 'query rows',
  dmlStatements: 'DML statements',
  dmlRows: 'DML rows',
  callouts: 'callouts',
  queueableJobs: 'jobs enqueued',
};

function limitsText(used: Readonly<Record<string, number>>): string {
  return Object.entries(LIMIT_NAMES)
    .flatMap(([key, name]) => (used[key] === undefined ? [] : [`${used[key]} ${name}`]))
    .join(', ');
}

/** What one click did in Salesforce, and the proof of it. */
export function printUnsubscribed({ email, milliseconds, contact, event }: Unsubscribed): void {
  console.log(
    `${email} is opted out in Salesforce ${(milliseconds / 1000).toFixed(1)} s after the click: ${JSON.stringify(contact)}`,
  );
  const { status, source, occurredAt, recordedAt, proof } = event;
  console.log(`The ledger's entry: ${JSON.stringify({ status, source, occurredAt, recordedAt, proof })}`);
}

interface WaysOn {
  readonly watchUrl: string;
  readonly apiUrl: string;
  readonly orgUrl: string;
  readonly adminToken: string;
  readonly sessionId: string;
  readonly contactId: string;
  readonly unsubscribeLink: string;
}

/** How to go on from here with curl. */
export function printWaysOn(ways: WaysOn): void {
  const { watchUrl, apiUrl, orgUrl, adminToken, sessionId, contactId, unsubscribeLink } = ways;
  console.log(`
Watch one contact travel, both ways:
             ${watchUrl}

Console      ${apiUrl}/console      ${OWNER.email}, password: ${OWNER.password}
API          ${apiUrl}       (described at ${apiUrl}/docs)
Local org    ${orgUrl}

Change a contact in Salesforce:
  curl -X PATCH ${orgUrl}/services/data/v65.0/sobjects/Contact/${contactId} \\
    -H 'Authorization: Bearer ${sessionId}' -H 'Content-Type: application/json' -d '{"Phone":"555-0100"}'

See it in the project:
  curl '${apiUrl}/v1/admin/projects/${PROJECT}/tables/Contact/rows?limit=5' -H 'Authorization: Bearer ${adminToken}'

Unsubscribe that contact, and see Email Opt Out checked in Salesforce:
  ${unsubscribeLink}

Ctrl+C stops everything.

The package's own screens are being built (half a minute, once) …`);
}

/** Where the screens are that the package brings to Salesforce. */
export function printScreens(url: string): void {
  console.log(`Screens in Salesforce: ${url}`);
}
