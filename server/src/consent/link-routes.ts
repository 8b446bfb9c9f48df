import type { Knex } from 'knex';
import { z } from 'zod';
import type { AccountCaller } from '../access/caller.ts';
import { knexSession } from '../database/session.ts';
import { anyMembers, lookupName } from '../http/inputs.ts';
import { unprocessable } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Refusal } from '../values/check-value.ts';
import { Projects, type Project } from '../projects/projects.ts';
import { identify, type RecordKey } from '../people/record-identities.ts';
import { readKeys } from '../people/stored-keys.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { contactsOf, findContacts, holdContacts } from './contacts.ts';
import { LINK_PURPOSES, writeToken, type LinkPurpose } from './link-tokens.ts';
import { linkGenerations, revokeLinks } from './links.ts';
import { OptIns } from './opt-ins.ts';

const MOST_CONTACTS = 2000;

const inProject = z.strictObject({ project: lookupName });
const contacts = z.array(anyMembers).min(1).max(MOST_CONTACTS).meta({
  description: 'Primary keys by column: [{"email":"a@example.com"}]',
});
const linkAnswer = z.object({
  index: z.int().min(0),
  url: z.url().nullable(),
  headers: z.record(z.string(), z.string()).nullable().meta({
    description: 'Of an unsubscribe link: headers of a mail, for one click (RFC 8058)',
  }),
  code: z.string().nullable(),
  message: z.string().nullable(),
});

/** Links that people follow to say what they want. */
export function linkRoutes(keys: ConsentKeys, publicUrl: string): Route[] {
  return [createRoute(keys, publicUrl), revokeRoute()];
}

function createRoute(keys: ConsentKeys, publicUrl: string): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/consent/links',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Makes links for contacts: to unsubscribe, to choose, to confirm',
    description:
      'Links never expire; they can be revoked. A mail that carries the headers of an unsubscribe link lets its reader’s mailbox unsubscribe with one click; sign both headers with DKIM.',
    params: inProject,
    body: z.strictObject({
      purpose: z.enum(LINK_PURPOSES),
      optIn: lookupName.nullable().default(null).meta({
        description: 'Code of the opt-in; null for all of them, which a confirmation cannot be of',
      }),
      contacts,
    }),
    answer: { schema: z.object({ links: z.array(linkAnswer) }) },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const optInId = await optInFor(knex, project, body);
      const found = await readContacts(knex, caller, project, body.contacts);
      const session = knexSession(knex);
      const key = await keys.signing(session);
      const generations = await linkGenerations(session, [...found.identities.values()]);
      const links = body.contacts.map((_contact, index): z.input<typeof linkAnswer> => {
        const identityId = found.identities.get(index);
        const refusal = found.refusals.get(index);
        if (identityId === undefined)
          return {
            index,
            url: null,
            headers: null,
            code: refusal?.code ?? null,
            message: refusal?.message ?? null,
          };
        const claims = { purpose: body.purpose, projectId: project.id, identityId, optInId };
        const token = writeToken({ ...claims, generation: generations.get(identityId) ?? 0 }, key);
        const url = `${publicUrl}/u/${token}`;
        return { index, url, headers: headersOf(body.purpose, url), code: null, message: null };
      });
      audit({
        action: 'consent.links-made',
        subject: project.code,
        detail: { purpose: body.purpose, optIn: body.optIn, links: found.identities.size },
      });
      return { links };
    },
  });
}

/** RFC 2369 and RFC 8058. */
function headersOf(purpose: LinkPurpose, url: string): Record<string, string> | null {
  if (purpose !== 'unsubscribe') return null;
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

async function optInFor(
  knex: Knex,
  project: Project,
  { purpose, optIn }: { purpose: LinkPurpose; optIn: string | null },
): Promise<string | null> {
  const optIns = new OptIns(knex, project.id);
  if (optIn !== null) return (await optIns.find(optIn)).id;
  if (purpose === 'confirmation')
    throw unprocessable('opt-in-missing', 'Name the opt-in that the link confirms.');
  if ((await optIns.list()).length === 0)
    throw unprocessable(
      'no-opt-ins',
      'The project has no opt-ins: a link would unsubscribe from nothing. Add an opt-in first.',
    );
  return null;
}

/** Identities of contacts that are there, and what is wrong with the others, by their places. */
async function readContacts(
  knex: Knex,
  caller: AccountCaller,
  project: Project,
  given: readonly Readonly<Record<string, unknown>>[],
): Promise<{ identities: ReadonlyMap<number, string>; refusals: ReadonlyMap<number, Refusal> }> {
  const table = await contactsOf(knex, caller.accountId, project);
  const refusals = new Map<number, Refusal>();
  const read: { index: number; key: RecordKey }[] = [];
  const named = await readKeys(knexSession(knex), table.tableId, table.key, given);
  named.forEach((key, index) => {
    if (key instanceof Refusal) refusals.set(index, key);
    else read.push({ index, key });
  });
  const keys = read.map(({ key }) => key);
  await holdContacts(knexSession(knex), table, keys);
  const known = await findContacts(knex, table, keys);
  const there = read.filter(({ index, key }, place) => {
    if (known[place]?.isKnown === true) return true;
    refusals.set(index, new Refusal('unknown-contact', `There is no contact ${JSON.stringify(key)}.`));
    return false;
  });
  const ids = await identify(
    knex,
    table.tableId,
    there.map(({ key }) => key),
  );
  return {
    refusals,
    identities: new Map(
      there.flatMap(({ index }, place) => (ids[place] ? [[index, ids[place]] as const] : [])),
    ),
  };
}

function revokeRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/consent/links/revoke',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Revokes every link made for some contacts so far',
    description:
      'For links that came into wrong hands. The mails they are in can no longer be unsubscribed from by them: send new ones.',
    params: inProject,
    body: z.strictObject({ contacts }),
    answer: {
      schema: z.object({
        revoked: z.int(),
        rejected: z.array(z.object({ index: z.int(), code: z.string(), message: z.string() })),
      }),
    },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const { identities, refusals } = await readContacts(knex, caller, project, body.contacts);
      const ids = [...new Set(identities.values())];
      await revokeLinks(knexSession(knex), ids);
      audit({ action: 'consent.links-revoked', subject: project.code, detail: { contacts: ids.length } });
      const rejected = [...refusals].map(([index, { code, message }]) => ({ index, code, message }));
      return { revoked: ids.length, rejected };
    },
  });
}
