import { z } from 'zod';
import { SalesforceFault, type OrgField, type OrgObject, type SalesforceOrg } from '../salesforce/org.ts';
import type { FieldCheck, ObjectCheck, ObjectNeed } from './org-checks.ts';

export const FINDING_LEVELS = ['ok', 'warning', 'problem'] as const;
export type FindingLevel = (typeof FINDING_LEVELS)[number];

export const findingSchema = z.object({
  level: z.enum(FINDING_LEVELS),
  /** The field that it is about; null for the object itself. */
  field: z.string().nullable(),
  message: z.string(),
});
export type Finding = z.output<typeof findingSchema>;

export const objectFindingsSchema = z.object({
  object: z.string(),
  level: z.enum(FINDING_LEVELS),
  isReadable: z.boolean(),
  isCreatable: z.boolean(),
  isUpdatable: z.boolean(),
  findings: z.array(findingSchema),
});
export type ObjectFindings = z.output<typeof objectFindingsSchema>;

/** Describes objects of an org, each once; null for one that is not there, or that the user may not see. */
export class Descriptions {
  readonly #org: SalesforceOrg;
  readonly #known = new Map<string, Promise<OrgObject | null>>();

  constructor(org: SalesforceOrg) {
    this.#org = org;
  }

  of(object: string): Promise<OrgObject | null> {
    const key = object.toLowerCase();
    const known = this.#known.get(key) ?? this.#describe(object);
    this.#known.set(key, known);
    return known;
  }

  async #describe(object: string): Promise<OrgObject | null> {
    try {
      return await this.#org.describe(object);
    } catch (error) {
      if (error instanceof SalesforceFault && error.kind === 'give-up') return null;
      throw error;
    }
  }
}

const VERBS: Readonly<Record<ObjectNeed, string>> = {
  read: 'Read',
  create: 'Create',
  update: 'Edit',
  delete: 'Delete',
};

/** Looks at what the user may do with an object and its fields. Throws SalesforceFault where the org cannot be asked. */
export async function checkObject(
  descriptions: Descriptions,
  check: ObjectCheck,
  userName: string,
): Promise<ObjectFindings> {
  const described = await descriptions.of(check.object);
  if (!described) return hidden(check, userName);
  const missing = check.needs.filter((need) => !isAllowed(described, need));
  const findings: Finding[] = missing.map((need) => ({
    level: check.isOptional === true ? 'warning' : 'problem',
    field: null,
    message: `${userName} may not ${VERBS[need].toLowerCase()} records of ${described.label} (${described.name}). Allow ${VERBS[need]} for it in the user’s profile or a permission set.`,
  }));
  for (const field of check.fields) findings.push(await checkField(descriptions, described, field, userName));
  return {
    object: described.name,
    level: worst(findings),
    isReadable: described.isQueryable,
    isCreatable: described.isCreateable,
    isUpdatable: described.isUpdateable,
    findings,
  };
}

function hidden(check: ObjectCheck, userName: string): ObjectFindings {
  const level = check.isOptional === true ? 'warning' : 'problem';
  const message = `The org has no object ${check.object}, or ${userName} may not see it. Check its API name in Setup, Object Manager, and allow Read for it in the user’s profile or a permission set.`;
  return {
    object: check.object,
    level,
    isReadable: false,
    isCreatable: false,
    isUpdatable: false,
    findings: [{ level, field: null, message }],
  };
}

function isAllowed(object: OrgObject, need: ObjectNeed): boolean {
  switch (need) {
    case 'read':
      return object.isQueryable;
    case 'create':
      return object.isCreateable;
    case 'update':
      return object.isUpdateable;
    case 'delete':
      return object.isDeletable;
  }
}

async function checkField(
  descriptions: Descriptions,
  object: OrgObject,
  check: FieldCheck,
  userName: string,
): Promise<Finding> {
  const level = check.isOptional === true ? 'warning' : 'problem';
  const found = await fieldAt(descriptions, object, check.name.split('.'));
  if (found === 'unknown')
    return {
      level: 'ok',
      field: check.name,
      message: `${check.name} is on records of several objects, and is not checked.`,
    };
  if (!found) {
    const usual = `Check the name in Setup, Object Manager, ${object.label}, Fields & Relationships, and make the field visible to the user by its field-level security.`;
    return {
      level,
      field: check.name,
      message: `${object.name} has no field ${check.name}, or ${userName} may not see it. ${check.advice ?? usual}`,
    };
  }
  const isEditable = found.isUpdateable || found.isCreateable;
  if (check.needs === 'edit' && !isEditable) {
    const usual =
      'Make it editable by its field-level security; a formula, a roll-up or an auto-number cannot be.';
    return {
      level,
      field: check.name,
      message: `${object.name}.${check.name} (${found.label}) is visible to ${userName}, but read-only. ${check.advice ?? usual}`,
    };
  }
  const state = isEditable ? 'visible and editable' : 'visible, and read-only';
  return {
    level: 'ok',
    field: check.name,
    message: `${object.name}.${check.name} (${found.label}) is ${state}.`,
  };
}

/** A field by its path of relationships; `unknown` where a relationship leads to several objects. */
async function fieldAt(
  descriptions: Descriptions,
  object: OrgObject,
  [first = '', ...rest]: readonly string[],
): Promise<OrgField | 'unknown' | null> {
  if (rest.length === 0) return fieldNamed(object, first);
  // Account is reached by AccountId, Region__r by Region__c.
  const reference = fieldNamed(object, /__r$/i.test(first) ? first.replace(/r$/i, 'c') : `${first}Id`);
  if (!reference) return null;
  const [parent, ...others] = reference.referenceTo;
  if (parent === undefined || others.length > 0) return 'unknown';
  const described = await descriptions.of(parent);
  return described && fieldAt(descriptions, described, rest);
}

function fieldNamed(object: OrgObject, name: string): OrgField | null {
  return object.fields.find((field) => field.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** The worst level of some findings. */
export function worst(findings: readonly { readonly level: FindingLevel }[]): FindingLevel {
  return findings.reduce<FindingLevel>(
    (most, { level }) => (FINDING_LEVELS.indexOf(level) > FINDING_LEVELS.indexOf(most) ? level : most),
    'ok',
  );
}
