import { z } from 'zod';
import { loweringSchema } from '../consent/lowering-rules.ts';
import { OptIns } from '../consent/opt-ins.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Transfers } from './transfers.ts';

/** What of the records of a transfer withdraws consent. */
export function putConsent(): Route {
  return accountEndpoint({
    method: 'put',
    path: '/v1/admin/transfers/{transfer}/consent',
    scope: 'transfers:write',
    tag: 'Transfers',
    summary: 'Says which fields of a record withdraw its person’s consent',
    description:
      'A record that comes with the value named withdraws the opt-in, or all of them, with the record as proof. Nothing in Salesforce ever grants. Only values that come from then on count.',
    params: z.strictObject({ transfer: z.uuid() }),
    body: z.strictObject({ consent: loweringSchema }),
    answer: { schema: z.object({ consent: loweringSchema }) },
    handle: async ({ knex, caller, params, body, audit }) => {
      const transfers = new Transfers(knex, caller.accountId);
      const transfer = await transfers.find(params.transfer);
      const optIns = await new OptIns(knex, transfer.projectId).list();
      await transfers.setConsent(transfer, body.consent, optIns);
      audit({ action: 'transfer.consent-set', subject: transfer.id, detail: { consent: body.consent } });
      return { consent: body.consent };
    },
  });
}
