import fc from 'fast-check';
import type { History } from '../history.ts';
import { OPT_IN, PROJECT, SALES } from '../set-up.ts';
import { actKind, anyOne, pick, type ActKind } from './act.ts';

/** The address of a row, as a caller knows it. */
async function addressOfRow(history: History, number: number): Promise<string | undefined> {
  const row = pick(await history.rows(), number);
  return typeof row?.email === 'string' ? row.email : undefined;
}

/** What stands of the opt-in for an address. */
async function standingOf(history: History, email: string): Promise<string | null> {
  const { rows } = await history.operator.query<{ status: string }>(
    `SELECT c.status FROM di.consent c JOIN di.record_identity i ON i.id = c.identity_id
     WHERE i.record_key->>'email' = $1 AND i.merged_into IS NULL`,
    [email],
  );
  return rows[0]?.status ?? null;
}

async function clickUnsubscribe(history: History, email: string): Promise<void> {
  const stood = await standingOf(history, email);
  const { links } = await history.di.call<{ links: { url?: string }[] }>(
    'POST',
    `/v1/admin/projects/${PROJECT}/consent/links`,
    { purpose: 'unsubscribe', contacts: [{ email }] },
  );
  const url = links[0]?.url;
  if (url === undefined) throw new Error(`There is no link for ${email}.`);
  const clicked = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  if (!clicked.ok) throw new Error(`The click of ${email} was answered with ${clicked.status}.`);
  history.said.push({ email, status: 'withdrawn', by: 'link', stood });
}

/** What people say of the opt-in, and what salespeople say of them. */
export const consentActs: readonly ActKind[] = [
  actKind(
    'unsubscribe',
    { group: 'consent', weight: 2 },
    fc.record({ row: anyOne }),
    async (history, act) => {
      const email = await addressOfRow(history, act.row);
      if (email !== undefined) await clickUnsubscribe(history, email);
    },
  ),
  actKind(
    'say',
    { group: 'consent', weight: 2 },
    fc.record({ row: anyOne, status: fc.constantFrom('granted' as const, 'withdrawn' as const) }),
    async (history, act) => {
      const email = await addressOfRow(history, act.row);
      if (email === undefined) return;
      const stood = await standingOf(history, email);
      await history.di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
        changes: [{ contact: { email }, optIn: OPT_IN, status: act.status }],
      });
      history.said.push({ email, status: act.status, by: 'api', stood });
    },
  ),
  actKind(
    'tick opt-out',
    { group: 'opt-outs', weight: 2 },
    fc.record({ contact: anyOne, isOut: fc.boolean() }),
    async (history, act) => {
      const contact = pick(await history.contacts(), act.contact);
      if (!contact) return;
      await history.org.apex(
        `update new Contact(Id = '${contact.Id}', HasOptedOutOfEmail = ${act.isOut});`,
        SALES,
      );
    },
  ),
];
