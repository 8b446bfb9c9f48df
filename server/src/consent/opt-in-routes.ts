import { z } from 'zod';
import { lookupName } from '../http/inputs.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Projects } from '../projects/projects.ts';
import { code } from '../projects/routes.ts';
import { pageLanguage } from './branding.ts';
import { makeConsentView } from './consent-view.ts';
import { OptIns, type OptIn } from './opt-ins.ts';
import { PAGE_LANGUAGES } from './pages/texts.ts';

const inProject = z.strictObject({ project: lookupName });
const named = z.strictObject({ project: lookupName, optIn: lookupName });
const details = {
  name: z.string().trim().min(1).max(255),
  description: z.string().trim().max(2000),
  isDouble: z.boolean().meta({ description: 'A grant is pending until the person confirms it' }),
  confirmWithin: z
    .int()
    .min(1)
    .max(365)
    .meta({ description: 'Days in which a pending consent can be confirmed; 30 where none is given' }),
};
const translations = z
  .partialRecord(
    pageLanguage,
    z.strictObject({
      name: z.string().trim().max(255),
      description: z.string().trim().max(2000).default(''),
    }),
  )
  .meta({
    maxProperties: PAGE_LANGUAGES.length,
    description: 'Name and description by language of the pages; empty ones are those of the opt-in',
  });
const optInAnswer = z.object({
  translations,
  code: z.string(),
  name: z.string(),
  description: z.string(),
  isDouble: z.boolean(),
  confirmWithin: z.int(),
  isArchived: z.boolean(),
});

/** What people of a project can agree to. */
export function optInRoutes(): Route[] {
  return [listRoute(), createRoute(), changeRoute(), orderRoute(), ...archiveRoutes()];
}

function shown({ id: _id, ...optIn }: OptIn): z.input<typeof optInAnswer> {
  return optIn;
}

function listRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/opt-ins',
    scope: 'consent:read',
    tag: 'Consent',
    summary: 'Opt-ins of a project, archived ones too',
    params: inProject,
    answer: {
      schema: z.object({
        optIns: z.array(optInAnswer),
        languages: z.array(z.string()).meta({ description: 'That the pages of links speak, by their tags' }),
      }),
    },
    handle: async ({ knex, caller, params }) => {
      const project = await new Projects(knex, caller.accountId).find(params.project);
      return { optIns: (await new OptIns(knex, project.id).list()).map(shown), languages: PAGE_LANGUAGES };
    },
  });
}

function createRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/opt-ins',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Adds an opt-in',
    description: 'With the first one of a project whose tables are built comes the view consent, for SQL.',
    params: inProject,
    body: z
      .strictObject({ code, ...details, translations })
      .partial({ description: true, isDouble: true, confirmWithin: true, translations: true }),
    answer: { status: 201, schema: optInAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const optIn = await new OptIns(knex, project.id).create(body);
      await makeConsentView(knex, project);
      audit({ action: 'opt-in.created', subject: `${project.code}.${optIn.code}`, detail: body });
      return shown(optIn);
    },
  });
}

function changeRoute(): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/projects/{project}/opt-ins/{optIn}',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Changes an opt-in',
    description: 'Asking for double opt-in, or no longer, changes what later grants become, and none before.',
    params: named,
    body: z
      .strictObject({ ...details, translations })
      .partial()
      .refine((change) => Object.keys(change).length > 0, 'say what to change'),
    answer: { schema: optInAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const optIn = await new OptIns(knex, project.id).change(params.optIn, body);
      audit({ action: 'opt-in.changed', subject: `${project.code}.${optIn.code}`, detail: body });
      return shown(optIn);
    },
  });
}

function orderRoute(): Route {
  return accountEndpoint({
    method: 'put',
    path: '/v1/admin/projects/{project}/opt-ins',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Puts the opt-ins of a project in an order, as pages and lists show them',
    params: inProject,
    body: z.strictObject({ optIns: z.array(lookupName).max(1000) }),
    answer: { schema: z.object({ optIns: z.array(optInAnswer) }) },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const optIns = await new OptIns(knex, project.id).order(body.optIns);
      audit({ action: 'opt-ins.ordered', subject: project.code, detail: body });
      return { optIns: optIns.map(shown) };
    },
  });
}

function archiveRoutes(): Route[] {
  return (['archive', 'restore'] as const).map((verb) =>
    accountEndpoint({
      method: 'post',
      path: `/v1/admin/projects/{project}/opt-ins/{optIn}/${verb}`,
      scope: 'consent:write',
      tag: 'Consent',
      summary:
        verb === 'archive'
          ? 'Archives an opt-in: nobody can agree to it any more; withdrawing stays possible'
          : 'Restores an archived opt-in',
      params: named,
      answer: { schema: optInAnswer },
      handle: async ({ knex, caller, params, audit }) => {
        const project = await new Projects(knex, caller.accountId).findOpen(params.project);
        const optIn = await new OptIns(knex, project.id).setArchived(params.optIn, verb === 'archive');
        audit({ action: `opt-in.${verb}d`, subject: `${project.code}.${optIn.code}` });
        return shown(optIn);
      },
    }),
  );
}
