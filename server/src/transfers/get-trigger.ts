import { z } from 'zod';
import { accountEndpoint, type Route } from '../http/route.ts';
import { generateTrigger, isNamespace } from '../salesforce/generated-trigger.ts';
import { refuseTrigger } from './refuse-trigger.ts';
import { Transfers } from './transfers.ts';

/** The Apex that an object without a trigger of the package needs, ready to be deployed. */
export function getTrigger(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/transfers/{transfer}/trigger',
    scope: 'transfers:read',
    tag: 'Transfers',
    summary: 'The trigger that the transfer’s object needs in Salesforce, with its test',
    description:
      'SFDX source: put the files below a folder of your project and deploy them, with the test named. Objects whose trigger is in the package answer 422 trigger-shipped.',
    params: z.strictObject({ transfer: z.uuid() }),
    query: z.strictObject({
      namespace: z
        .string()
        .max(15)
        .refine(isNamespace, 'the namespace of a package')
        .optional()
        .meta({ description: 'The package’s namespace, where it was installed with one' }),
    }),
    answer: { schema: z.object({ files: z.array(z.object({ path: z.string(), content: z.string() })) }) },
    handle: async ({ knex, caller, params, query }) => {
      const { object } = await new Transfers(knex, caller.accountId).find(params.transfer);
      refuseTrigger(object);
      return { files: generateTrigger(object, query.namespace ?? null) };
    },
  });
}
