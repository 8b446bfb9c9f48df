import { z } from 'zod';
import { fieldName } from '../http/inputs.ts';

/** A checkbox of a Salesforce object that follows an opt-in, or all of them. */
const optInFieldSchema = z
  .strictObject({
    optIn: z.string().max(100).nullable().meta({
      description:
        'The code of an opt-in; null for those of the project together, which withdrawn ones stand for',
    }),
    field: fieldName,
    trueWhen: z.enum(['granted', 'withdrawn']),
    optIns: z.enum(['all', 'any']).optional().meta({
      description:
        'Where no opt-in is named: all (the default) sets the checkbox when every opt-in that the person was asked for is withdrawn, as after unsubscribing from everything; any sets it as soon as one is',
    }),
    goesBack: z.boolean().optional().meta({
      description:
        'Whether the checkbox is cleared when consent changes back. Not for HasOptedOutOfEmail unless said so: somebody may have set it in Salesforce.',
    }),
  })
  .refine((field) => field.optIn !== null || field.trueWhen === 'withdrawn', {
    path: ['trueWhen'],
    message: 'is withdrawn where no opt-in is named',
  })
  .refine((field) => field.optIn === null || field.optIns === undefined, {
    path: ['optIns'],
    message: 'is chosen only where no opt-in is named',
  })
  .transform(({ optIns = 'all', ...field }) => ({
    ...field,
    ...(field.optIn === null && { optIns }),
    goesBack: field.goesBack ?? !/^HasOptedOutOfEmail$/i.test(field.field),
  }));
export type OptInField = z.output<typeof optInFieldSchema>;

export const optInFieldsSchema = z.array(optInFieldSchema).max(100);

/** What a person has said, by the opt-ins' codes: those that the person was asked for. */
export type ConsentByCode = ReadonlyMap<string, string>;

/** Codes of the opt-ins that changed since they were last sent; null for every one. */
export type ChangedOptIns = ReadonlySet<string> | null;

/**
 * What a checkbox is told of a person; null where it is left as it is. It hears of an opt-in when that has changed, and of
 * all of them only of a change that made it what it is: what a user of Salesforce has undone stands until the person speaks
 * again.
 */
export function optInValue(
  target: OptInField,
  consent: ConsentByCode,
  changed: ChangedOptIns,
): boolean | null {
  const value = stateOf(target, consent);
  if (value === null || !isConcerned(target, value, consent, changed)) return null;
  return value || target.goesBack ? value : null;
}

function stateOf({ optIn, optIns, trueWhen }: OptInField, consent: ConsentByCode): boolean | null {
  if (optIn !== null) {
    const status = consent.get(optIn);
    return status === undefined ? null : status === trueWhen;
  }
  if (consent.size === 0) return null;
  const withdrawn = [...consent.values()].filter((status) => status === 'withdrawn').length;
  return optIns === 'any' ? withdrawn > 0 : withdrawn === consent.size;
}

function isConcerned(
  { optIn }: OptInField,
  value: boolean,
  consent: ConsentByCode,
  changed: ChangedOptIns,
): boolean {
  if (changed === null) return true;
  if (optIn !== null) return changed.has(optIn);
  return [...changed].some((code) => consent.has(code) && (consent.get(code) === 'withdrawn') === value);
}

/** Whether a checkbox with this value says that the person has opted in. */
export function saysGranted({ trueWhen }: Pick<OptInField, 'trueWhen'>, value: boolean): boolean {
  return value === (trueWhen === 'granted');
}
