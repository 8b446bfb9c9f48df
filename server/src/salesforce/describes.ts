import { z } from 'zod';
import type { OrgApi } from './api.ts';
import { SalesforceFault, type OrgObject, type OrgObjectName } from './org.ts';

const field = z.object({
  name: z.string(),
  label: z.string().catch(''),
  type: z.string(),
  length: z.int().catch(0),
  precision: z.int().catch(0),
  scale: z.int().catch(0),
  nillable: z.boolean(),
  defaultedOnCreate: z.boolean().catch(false),
  createable: z.boolean(),
  updateable: z.boolean(),
  filterable: z.boolean().catch(false),
  externalId: z.boolean().catch(false),
  unique: z.boolean().catch(false),
  restrictedPicklist: z.boolean().catch(false),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().catch(true) })).nullish(),
  referenceTo: z.array(z.string()).nullish(),
});

const described = z.object({
  name: z.string(),
  label: z.string().catch(''),
  keyPrefix: z.string().nullish(),
  queryable: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  deletable: z.boolean(),
  fields: z.array(field),
});

const listed = z.object({
  sobjects: z.array(
    z.object({
      name: z.string(),
      label: z.string().catch(''),
      queryable: z.boolean(),
      createable: z.boolean(),
      updateable: z.boolean(),
    }),
  ),
});

/** The objects that the authorized user may see. */
export async function listObjects(api: OrgApi): Promise<OrgObjectName[]> {
  const { sobjects } = await api.json(listed, { method: 'GET', path: '/sobjects' });
  return sobjects.map(({ name, label, queryable, createable, updateable }) => ({
    name,
    label: label || name,
    isQueryable: queryable,
    isCreateable: createable,
    isUpdateable: updateable,
  }));
}

/** What an object is to the authorized user: what the user may not see is not there. */
export async function describeObject(api: OrgApi, object: string): Promise<OrgObject> {
  const answer = await describeAnswer(api, object);
  return {
    name: answer.name,
    label: answer.label,
    keyPrefix: answer.keyPrefix ?? null,
    isQueryable: answer.queryable,
    isCreateable: answer.createable,
    isUpdateable: answer.updateable,
    isDeletable: answer.deletable,
    fields: answer.fields.map((each) => ({
      name: each.name,
      label: each.label,
      type: each.type,
      length: each.length,
      precision: each.precision,
      scale: each.scale,
      isNillable: each.nillable,
      isDefaultedOnCreate: each.defaultedOnCreate,
      isCreateable: each.createable,
      isUpdateable: each.updateable,
      isFilterable: each.filterable,
      isExternalId: each.externalId,
      isUnique: each.unique,
      isRestrictedPicklist: each.restrictedPicklist,
      picklist: (each.picklistValues ?? []).filter((value) => value.active).map((value) => value.value),
      referenceTo: each.referenceTo ?? [],
    })),
  };
}

/** Salesforce says of an object it does not have no more than that a resource does not exist. */
async function describeAnswer(api: OrgApi, object: string): Promise<z.output<typeof described>> {
  try {
    return await api.json(described, {
      method: 'GET',
      path: `/sobjects/${encodeURIComponent(object)}/describe`,
    });
  } catch (error) {
    if (!(error instanceof SalesforceFault) || error.code !== 'NOT_FOUND') throw error;
    const message = `The org has no object ${object} that the authorized user may see. Check its API name, and the user’s permissions.`;
    throw new SalesforceFault(error.kind, error.code, message, error);
  }
}
