import { z } from 'zod';
import { SalesforceFault, type SalesforceOrg } from '../salesforce/org.ts';
import { PERMISSION_SET, type FieldPermission } from './field-metadata.ts';

const permission = z.object({ Field: z.string(), PermissionsEdit: z.boolean() });
const identified = z.object({ Id: z.string().regex(/^\w{15,18}$/) });

/** The fields that the permission set gives today; none where it is not there. */
export async function grantedFields(org: SalesforceOrg): Promise<FieldPermission[]> {
  const found = await rows(
    org,
    permission,
    `SELECT Field, PermissionsEdit FROM FieldPermissions WHERE Parent.Name = '${PERMISSION_SET}' AND Parent.NamespacePrefix = null`,
  );
  return found.map((each) => ({ field: each.Field, isEditable: each.PermissionsEdit }));
}

/** Gives the authorized user the permission set, once. Throws SalesforceFault. */
export async function assignPermissionSet(org: SalesforceOrg): Promise<void> {
  const [set] = await rows(
    org,
    identified,
    `SELECT Id FROM PermissionSet WHERE Name = '${PERMISSION_SET}' AND NamespacePrefix = null`,
  );
  // Where every field was there and editable, nobody needed one.
  if (!set) return;
  const user = identified.shape.Id.parse(org.userId);
  const [assigned] = await rows(
    org,
    identified,
    `SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '${user}' AND PermissionSetId = '${set.Id}'`,
  );
  if (assigned) return;
  const [result] = await org.write('insert', 'PermissionSetAssignment', [
    { AssigneeId: user, PermissionSetId: set.Id },
  ]);
  const error = result?.errors[0];
  if (result?.isSaved === true || error?.code === 'DUPLICATE_VALUE') return;
  throw new SalesforceFault(
    'give-up',
    error?.code ?? 'not-assigned',
    `The permission set ${PERMISSION_SET} is there, and could not be given to the authorized user: ${error?.message ?? 'no reason was given'}. Assign it in Setup, Permission Sets.`,
  );
}

/** Every record of a query, checked. */
async function rows<T>(org: SalesforceOrg, schema: z.ZodType<T>, soql: string): Promise<T[]> {
  const found: T[] = [];
  for await (const page of org.query(soql)) found.push(...page.map((record) => schema.parse(record)));
  return found;
}
