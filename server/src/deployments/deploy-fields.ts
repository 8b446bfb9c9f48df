import type { Knex } from 'knex';
import type { OrgObject, SalesforceOrg } from '../salesforce/org.ts';
import { assignPermissionSet, grantedFields } from './field-permissions.ts';
import { fieldsXml, PERMISSION_SET, permissionSetXml, type FieldPermission } from './field-metadata.ts';
import { isUsable, planFields, type PlannedField } from './field-plan.ts';
import type { HeldDeployment } from './held-deployment.ts';
import { metadataZip } from './metadata-zip.ts';
import { noteMade, takeNames, wantedFields, type FieldPlace, type WantedField } from './org-fields.ts';
import { failed, refusal, SUCCEEDED, type DeploymentOutcome } from './outcome.ts';

/** Makes the fields of opt-ins in an org, with the right to them for the authorized user. What is there already stays. */
export async function deployFields(
  knex: Knex,
  org: SalesforceOrg,
  held: HeldDeployment,
): Promise<DeploymentOutcome> {
  const { accountId, connectionId, request } = held.deployment;
  const described = await org.describe(held.deployment.object);
  const place = { accountId, connectionId, organizationId: org.organizationId, object: described.name };
  const wanted = await takenFields(knex, place, {
    optIns: request.optIns ?? [],
    changedAt: request.changedAt === true,
    recordId: request.recordId === true,
  });
  const isBegun = held.deployment.deployId !== null;
  const fields = isBegun ? (held.deployment.plan?.fields ?? []) : planFields(wanted, described);
  if (!isBegun) await held.keepPlan({ components: componentsOf(described, fields), tests: [], fields });
  const refused = fields.filter((field) => field.step === 'refused');
  if (refused.length > 0) return failed('field-taken', refused.map((field) => field.message).join(' '));
  if (fields.some((field) => field.step !== 'none')) {
    const permissions = isBegun ? [] : await allPermissions(org, described, wanted);
    const result = await held.deploy(org, () => zipOf(described, wanted, fields, permissions), []);
    if (!result.isSuccess) return refusal(result.failures);
  }
  await assignPermissionSet(org);
  return verified(knex, org, place, wanted);
}

/** Names are taken before anything is made, and looked up again where somebody else was quicker. */
async function takenFields(
  knex: Knex,
  place: FieldPlace,
  request: Parameters<typeof wantedFields>[2],
): Promise<WantedField[]> {
  for (;;) {
    const wanted = await wantedFields(knex, place, request);
    if (await takeNames(knex, place, wanted)) return wanted;
  }
}

function componentsOf(object: OrgObject, fields: readonly PlannedField[]): string[] {
  const made = fields.filter((field) => field.step === 'create');
  return fields.some((field) => field.step === 'create' || field.step === 'permit')
    ? [...made.map((field) => `${object.name}.${field.field}`), PERMISSION_SET]
    : [];
}

/** Those that the permission set has already stay: a deployment replaces the whole of it. */
async function allPermissions(
  org: SalesforceOrg,
  object: OrgObject,
  wanted: readonly WantedField[],
): Promise<FieldPermission[]> {
  const permissions = new Map(
    (await grantedFields(org)).map((each) => [each.field.toLowerCase(), each] as const),
  );
  for (const { name } of wanted) {
    const field = `${object.name}.${name}`;
    permissions.set(field.toLowerCase(), { field, isEditable: true });
  }
  return [...permissions.values()].sort((a, b) => (a.field < b.field ? -1 : 1));
}

function zipOf(
  object: OrgObject,
  wanted: readonly WantedField[],
  fields: readonly PlannedField[],
  permissions: readonly FieldPermission[],
): Buffer {
  const created = new Set(fields.filter((each) => each.step === 'create').map((each) => each.field));
  const made = wanted.filter((field) => created.has(field.name));
  return metadataZip({
    files: {
      ...(made.length > 0 && { [`objects/${object.name}.object`]: fieldsXml(made) }),
      [`permissionsets/${PERMISSION_SET}.permissionset`]: permissionSetXml(permissions),
    },
    members: {
      ...(made.length > 0 && { CustomField: made.map((field) => `${object.name}.${field.name}`) }),
      PermissionSet: [PERMISSION_SET],
    },
  });
}

/** A field that the user cannot write is of no use, and a licence can be in the way of every permission. */
async function verified(
  knex: Knex,
  org: SalesforceOrg,
  place: FieldPlace,
  wanted: readonly WantedField[],
): Promise<DeploymentOutcome> {
  const { fields } = await org.describe(place.object);
  const usable = new Set(fields.filter(isUsable).map((field) => field.name.toLowerCase()));
  const hidden = wanted.filter((field) => !usable.has(field.name.toLowerCase())).map((field) => field.name);
  if (hidden.length > 0)
    return failed(
      'field-not-editable',
      `${hidden.join(', ')} on ${place.object}: there, but the authorized user cannot write it. Give the user the permission set ${PERMISSION_SET}, and check that the user’s licence and profile allow ${place.object} to be edited.`,
    );
  await noteMade(
    knex,
    place,
    wanted.map((field) => field.name),
  );
  return SUCCEEDED;
}
