import { sentenceAnswer, worded } from '../messages/message-answer.ts';
import { z } from 'zod';
import { FIELD_PURPOSES } from './field-metadata.ts';
import { FIELD_STEPS } from './field-plan.ts';
import { DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES, type Deployment } from './deployments.ts';

export const plannedField = z.object({
  field: z.string(),
  purpose: z.enum(FIELD_PURPOSES),
  optIn: z.string().nullable(),
  step: z.enum(FIELD_STEPS),
  message: z.string(),
});

/** A deployment as the API answers it. */
export const deploymentAnswer = z.object({
  id: z.uuid(),
  connection: z.uuid(),
  kind: z.enum(DEPLOYMENT_KINDS),
  object: z.string(),
  status: z.enum(DEPLOYMENT_STATUSES),
  code: z.string().nullable().meta({ description: 'Why it failed or waits, for programs' }),
  message: z.string().nullable().meta({ description: 'How it stands, in words' }),
  sentence: sentenceAnswer,
  plan: z
    .object({
      components: z.array(z.string()),
      tests: z.array(z.string()),
      fields: z.array(plannedField).optional(),
    })
    .nullable(),
  progress: z
    .object({
      status: z.string(),
      componentsDeployed: z.int(),
      componentsTotal: z.int(),
      testsCompleted: z.int(),
      testsTotal: z.int(),
    })
    .nullable(),
  failures: z.array(
    z.object({
      kind: z.enum(['component', 'test', 'coverage', 'deployment']),
      component: z.string(),
      message: z.string(),
    }),
  ),
  salesforceId: z.string().nullable().meta({ description: 'In Salesforce: Setup, Deployment Status' }),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});

export function deploymentShown(deployment: Deployment): Record<string, unknown> {
  const { id, connectionId, kind, object, status, code, message, plan, failures } = deployment;
  const { progress, deployId, requestedBy, requestedAt, finishedAt } = deployment;
  return {
    id,
    connection: connectionId,
    kind,
    object,
    status,
    code,
    ...worded(message),
    plan,
    progress: progress && {
      status: progress.status,
      componentsDeployed: progress.componentsDeployed,
      componentsTotal: progress.componentsTotal,
      testsCompleted: progress.testsCompleted,
      testsTotal: progress.testsTotal,
    },
    failures,
    salesforceId: deployId,
    requestedBy,
    requestedAt,
    finishedAt,
  };
}
