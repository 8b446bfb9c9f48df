import type { CheckSource, FieldCheck, ObjectNeed } from '../../connections/org-checks.ts';
import { Integrations, type Integration } from './integrations.ts';

/** What is written for a connection's integrations. */
export const integrationChecks: CheckSource = async (knex, connection) => {
  const all = await new Integrations(knex, connection.accountId).list();
  return all
    .filter(({ connectionId, status }) => connectionId === connection.id && status !== 'archived')
    .map((integration) => ({
      object: integration.object,
      needs: needsOf(integration),
      fields: fieldsOf(integration),
    }));
};

function needsOf({ operations }: Integration): ObjectNeed[] {
  const needs: Readonly<Record<Integration['operations'][number], ObjectNeed>> = {
    created: 'create',
    updated: 'update',
    deleted: 'delete',
    consent: 'update',
  };
  return [...new Set<ObjectNeed>(['read', ...operations.map((operation) => needs[operation])])];
}

function fieldsOf({ mapping, optInFields, matching }: Integration): FieldCheck[] {
  const written = [
    ...mapping.map((entry) => entry.salesforceField),
    ...optInFields.map(({ field }) => field),
  ];
  if (matching.by === 'external-id') written.push(matching.field);
  return [
    ...written.map((name): FieldCheck => ({ name, needs: 'edit' })),
    ...(matching.by === 'lookup' ? [{ name: matching.field, needs: 'read' } as const] : []),
  ];
}
