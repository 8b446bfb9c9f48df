import { z } from 'zod';
import { optInFieldsSchema } from '../../consent/opt-in-fields.ts';
import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import { misfitSchema } from './integration-misfits.ts';
import { fieldMappingsSchema, matchingSchema, OPERATIONS, settingsSchema } from './integration-schema.ts';
import { INTEGRATION_STATUSES, type Integration } from './integrations.ts';

/** An integration as the API answers it. */
export const integrationAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  connection: z.uuid(),
  table: z.string(),
  object: z.string(),
  status: z.enum(INTEGRATION_STATUSES),
  operations: z.array(z.enum(OPERATIONS)),
  mapping: fieldMappingsSchema,
  optInFields: optInFieldsSchema,
  matching: matchingSchema,
  settings: settingsSchema,
  stopped: z
    .object({ at: z.iso.datetime(), code: z.string(), message: z.string(), sentence: sentenceAnswer })
    .nullable()
    .meta({ description: 'Why nothing is sent until it is activated again' }),
  nextRunAt: z.iso.datetime().nullable(),
});

export const compatibility = z.array(misfitSchema);

export function shownIntegration(integration: Integration): z.input<typeof integrationAnswer> {
  const { id, name, connectionId, table, object, status, operations, stopped, nextRunAt } = integration;
  const { mapping, optInFields, matching, settings } = integration;
  return {
    id,
    name,
    connection: connectionId,
    table: table.code,
    object,
    status,
    operations: [...operations],
    mapping: [...mapping],
    optInFields: [...optInFields],
    matching,
    settings,
    stopped: stopped && { ...stopped, ...worded(stopped.message), at: stopped.at.toISOString() },
    nextRunAt: nextRunAt?.toISOString() ?? null,
  };
}
