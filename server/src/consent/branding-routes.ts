import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { z } from 'zod';
import { knexSession } from '../database/session.ts';
import { lookupName } from '../http/inputs.ts';
import { unprocessable } from '../http/problem.ts';
import { accountEndpoint, ANSWERED, type Route } from '../api/route.ts';
import { Projects } from '../projects/projects.ts';
import { brandingOf, brandingSchema, keepBranding, pageLanguage } from './branding.ts';
import type { ConsentStatus } from './consent-rules.ts';
import { contactsOf } from './contacts.ts';
import { LINK_PURPOSES } from './link-tokens.ts';
import type { LinkVisit } from './links.ts';
import { currentMoment } from './moments.ts';
import { optInsOf } from './opt-ins.ts';
import { linkPage } from './pages/link-page.ts';
import { policyOf } from './pages/page-style.ts';

const inProject = z.strictObject({ project: lookupName });
const brandingAnswer = z.object({ branding: brandingSchema });

/** How the pages of a project's links look, and a look at them. */
export function brandingRoutes(): Route[] {
  return [getBranding(), putBranding(), preview()];
}

function getBranding(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/consent/branding',
    scope: 'consent:read',
    tag: 'Consent',
    summary: 'How the pages of a project’s links look',
    params: inProject,
    answer: { schema: brandingAnswer },
    handle: async ({ knex, caller, params }) => {
      const project = await new Projects(knex, caller.accountId).find(params.project);
      return { branding: await brandingOf(knexSession(knex), project.id) };
    },
  });
}

function putBranding(): Route {
  return accountEndpoint({
    method: 'put',
    path: '/v1/admin/projects/{project}/consent/branding',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Says how the pages of a project’s links look: name, logo, colour, texts',
    params: inProject,
    body: brandingSchema,
    answer: { schema: brandingAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      await keepBranding(knexSession(knex), project.id, body);
      const { logo, ...told } = body;
      audit({
        action: 'branding.changed',
        subject: project.code,
        detail: { ...told, hasLogo: logo !== null },
      });
      return { branding: body };
    },
  });
}

function preview(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/consent/preview',
    scope: 'consent:read',
    tag: 'Consent',
    summary: 'A page of a link as somebody will see it, whose buttons do nothing',
    params: inProject,
    query: z.strictObject({ purpose: z.enum(LINK_PURPOSES), language: pageLanguage }),
    answer: { type: 'text/html' },
    handle: async ({ knex, caller, params, query, response }) => {
      const visit = await visitOfNobody(knex, caller.accountId, params.project, query.purpose);
      const now = await currentMoment(knexSession(knex));
      const page = linkPage({ visit, language: query.language, deed: null, now, isPreview: true });
      response.set('Content-Security-Policy', policyOf(page, 'none')).type('html').send(page.html);
      return ANSWERED;
    },
  });
}

/** What somebody sees who agreed to the first opt-in, or is about to. */
async function visitOfNobody(
  knex: Knex,
  accountId: string,
  code: string,
  purpose: LinkVisit['claims']['purpose'],
): Promise<LinkVisit> {
  const session = knexSession(knex);
  const project = await new Projects(knex, accountId).find(code);
  const open = (await optInsOf(session, project.id)).filter(({ isArchived }) => !isArchived);
  const [first] = open;
  if (!first) throw unprocessable('no-opt-ins', 'The project has no opt-ins yet: add one first.');
  const status: ConsentStatus = purpose === 'confirmation' ? 'pending' : 'granted';
  const everything = open.map((optIn) => ({
    ...optIn,
    status: optIn === first ? status : null,
    pendingUntil: null,
    isContradicted: false,
  }));
  const identityId = randomUUID();
  const optInId = purpose === 'preferences' ? null : first.id;
  return {
    claims: { purpose, projectId: project.id, identityId, optInId, generation: 0 },
    project,
    branding: await brandingOf(session, project.id),
    contacts: await contactsOf(knex, accountId, project),
    person: { identityId, address: 'ann@example.com', recordKey: {}, linkGeneration: 0 },
    optIns: optInId === null ? everything : everything.slice(0, 1),
    everything,
  };
}
