import type { OrgField, OrgObject } from '../salesforce/org.ts';
import type { WantedField } from './org-fields.ts';
import type { FieldPurpose } from './field-metadata.ts';

/**
 * What is to be done about a field: make it; give the authorized user the right to a field that is there; nothing; or
 * nothing, since something else has its name.
 */
export const FIELD_STEPS = ['create', 'permit', 'none', 'refused'] as const;
export type FieldStep = (typeof FIELD_STEPS)[number];

export interface PlannedField {
  readonly field: string;
  readonly purpose: FieldPurpose;
  /** The opt-in's code. */
  readonly optIn: string | null;
  readonly step: FieldStep;
  readonly message: string;
}

/** What making the fields would do to an object, as describe shows it to the authorized user. */
export function planFields(wanted: readonly WantedField[], object: OrgObject): PlannedField[] {
  const present = new Map(object.fields.map((field) => [field.name.toLowerCase(), field]));
  return wanted.map(({ name, purpose, optIn }) => ({
    field: name,
    purpose,
    optIn: optIn?.code ?? null,
    ...stepOf(name, purpose, present.get(name.toLowerCase())),
  }));
}

/** Whether the user can use the field for what it is for. */
export function isUsable(field: OrgField): boolean {
  return field.isCreateable && field.isUpdateable;
}

function stepOf(
  name: string,
  purpose: FieldPurpose,
  present: OrgField | undefined,
): Pick<PlannedField, 'step' | 'message'> {
  if (!present) return { step: 'create', message: `${name} will be made, ${KINDS[purpose]}.` };
  const misfit = misfitOf(purpose, present);
  if (misfit !== null)
    return {
      step: 'refused',
      message: `${name} is there already, and is ${misfit}, not ${KINDS[purpose]}. Rename or delete it in Salesforce, or use it under its own name.`,
    };
  if (isUsable(present)) return { step: 'none', message: `${name} is there already.` };
  return { step: 'permit', message: `${name} is there already; the authorized user gets the right to it.` };
}

const KINDS: Readonly<Record<FieldPurpose, string>> = {
  'opt-in': 'a checkbox',
  'opt-in-changed': 'a date and time',
  'record-id': 'a unique external id of 36 characters',
};

/** What a field is in the place of what it should be; null where it fits. */
function misfitOf(purpose: FieldPurpose, field: OrgField): string | null {
  const type = field.type.toLowerCase();
  switch (purpose) {
    case 'opt-in':
      return type === 'boolean' ? null : `of type ${type}`;
    case 'opt-in-changed':
      return type === 'datetime' ? null : `of type ${type}`;
    case 'record-id':
      if (type !== 'string') return `of type ${type}`;
      if (!field.isExternalId || !field.isUnique) return 'text that is not a unique external id';
      return field.length < 36 ? `only ${field.length} characters long` : null;
  }
}
