import { say } from '../messages/message.ts';
import { z } from 'zod';
import { plain, Refusal } from './check-value.ts';

/** A value that a program writes. */
export const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]);

/** What is done to a value before it is checked against its column, in the order given. */
export const transformSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('trim') }),
  z.strictObject({ type: z.literal('lowercase') }),
  z.strictObject({ type: z.literal('uppercase') }),
  /** Takes the place of a missing value. */
  z.strictObject({ type: z.literal('default'), value: scalar }),
  /** Each value by another; what is not among them is kept, emptied, or rejects its record. */
  z.strictObject({
    type: z.literal('map'),
    values: z.record(z.string().max(1000), scalar.nullable()).meta({ maxProperties: 2000 }),
    otherwise: z.enum(['keep', 'empty', 'reject']).default('keep'),
  }),
]);
export type Transform = z.output<typeof transformSchema>;

/** A value on its way from Salesforce to its column. */
type Step = (value: unknown) => unknown;

/** One function of several transforms; null where there are none. A refusal stops the way. */
export function compileTransforms(transforms: readonly Transform[]): Step | null {
  const steps = transforms.map(stepOf);
  if (steps.length === 0) return null;
  return (value) => {
    let result = value;
    for (const step of steps) {
      result = step(result);
      if (result instanceof Refusal) return result;
    }
    return result;
  };
}

const onText =
  (change: (text: string) => string): Step =>
  (value) =>
    typeof value === 'string' ? change(value) : value;

function stepOf(transform: Transform): Step {
  switch (transform.type) {
    case 'trim':
      return onText((text) => text.trim());
    case 'lowercase':
      return onText((text) => text.toLowerCase());
    case 'uppercase':
      return onText((text) => text.toUpperCase());
    case 'default':
      return (value) => (value === null || value === undefined || value === '' ? transform.value : value);
    case 'map':
      return valueMap(transform);
  }
}

function valueMap({ values, otherwise }: Extract<Transform, { type: 'map' }>): Step {
  const known = new Map(Object.entries(values));
  return (value) => {
    if (value === null || value === undefined || value === '') return value;
    const written = asText(value);
    const found = written === null ? undefined : known.get(written);
    if (found !== undefined) return found;
    if (otherwise === 'keep') return value;
    return otherwise === 'empty'
      ? null
      : new Refusal('not-in-map', say('values.not-in-map', { value: JSON.stringify(value) }));
  };
}

/** A scalar as it is written in a value map or between others; null for what is none. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return plain(value);
  return typeof value === 'boolean' ? String(value) : null;
}
