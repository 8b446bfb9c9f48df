import { z } from 'zod';
import { lookupName } from '../http/inputs.ts';
import { unprocessable } from '../http/problem.ts';
import { salesforceField } from '../projects/mapping-schema.ts';
import type { ConsentKeys } from './consent-keys.ts';
import type { OptIn } from './opt-ins.ts';

/**
 * A field of a record whose value withdraws consent: what is ticked in the org counts here too. It never grants. Batches
 * follow it (lower-consent.ts).
 */
export const loweringSchema = z
  .array(
    z.strictObject({
      salesforceField,
      optIn: lookupName.nullable().meta({ description: 'Code of an opt-in; null for all of them' }),
      withdrawsWhen: z
        .boolean()
        .meta({ description: 'true for HasOptedOutOfEmail, false for a field of consent' }),
    }),
  )
  .max(50);
export type LoweringRule = z.output<typeof loweringSchema>[number];

/** Throws a 422 problem for a rule that could not be followed. */
export function checkLowering(
  rules: readonly LoweringRule[],
  transfer: {
    readonly object: string;
    readonly mappedFields: readonly string[];
    readonly isOfContacts: boolean;
  },
  optIns: readonly OptIn[],
): void {
  if (rules.length > 0 && !transfer.isOfContacts)
    throw unprocessable(
      'not-contacts',
      'Consent belongs to contacts: only a transfer into the contacts table can withdraw it.',
    );
  for (const rule of rules) {
    if (rule.optIn !== null && !optIns.some((optIn) => optIn.code === rule.optIn))
      throw unprocessable('unknown-opt-in', `There is no opt-in ${rule.optIn} in this project.`);
    const field = rule.salesforceField.toLowerCase();
    if (!transfer.mappedFields.some((mapped) => mapped.toLowerCase() === field))
      throw unprocessable(
        'field-not-mapped',
        `${rule.salesforceField} is not mapped by the transfer of ${transfer.object}: its values would not come. Map it to a field first.`,
      );
  }
}

/** What of the records of a batch withdraws consent. */
export interface Lowering {
  readonly keys: ConsentKeys;
  /** Rules whose field comes with the batch, and its place among the fields. */
  readonly rules: readonly (LoweringRule & { readonly index: number })[];
}

/** Null where nothing does: most transfers pay nothing for this. */
export function compileLowering(
  rules: readonly LoweringRule[],
  fields: readonly string[],
  keys: ConsentKeys,
): Lowering | null {
  const places = new Map(fields.map((name, index) => [name.toLowerCase(), index]));
  const known = rules.flatMap((rule) => {
    const index = places.get(rule.salesforceField.toLowerCase());
    return index === undefined ? [] : [{ ...rule, index }];
  });
  return known.length === 0 ? null : { keys, rules: known };
}

/** The opt-ins that a field of a record withdraws: the one that its rule names, or every one of the project. */
export function withdrawnBy(rule: LoweringRule, optIns: readonly OptIn[]): readonly OptIn[] {
  return rule.optIn === null ? optIns : optIns.filter((optIn) => optIn.code === rule.optIn);
}
