import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import { sqlType, TEXT_TYPES, type Field } from '../values/field-types.ts';

/** What it takes to turn the values of one definition of a field into those of another. */
export interface Conversion {
  /** Conditions in SQL of values that the new definition would lose, with what is said of them. */
  readonly losses: readonly { readonly condition: string; readonly reason: string }[];
  /** The new value in SQL, where the column's type changes; null where it stays. */
  readonly using: string | null;
}

/** How `before` becomes `after`; a text where there is no way that loses nothing. */
export function conversion(before: Field, after: Field): Conversion | string {
  const column = quoteIdentifier(before.name);
  const isText = TEXT_TYPES.has(before.type);
  if (isText && TEXT_TYPES.has(after.type)) return { losses: textLosses(column, after), using: null };
  if (before.type === after.type && before.type !== 'decimal')
    return { losses: before.type === 'multipicklist' ? picklistLosses(column, after) : [], using: null };
  if (after.type === 'decimal' && (before.type === 'decimal' || before.type === 'integer'))
    return toDecimal(column, before, after);
  if (before.type === 'decimal' && after.type === 'integer')
    return {
      losses: [
        { condition: `${column} <> trunc(${column})`, reason: 'have digits after the point' },
        { condition: `abs(${column}) > 9223372036854775807`, reason: 'are out of range' },
      ],
      using: `${column}::bigint`,
    };
  if (after.type === 'text' || after.type === 'longtext') return toText(column, before, after);
  if (after.type === 'multipicklist' && before.type === 'picklist')
    return {
      losses: after.picklist === null ? [] : [valuesOutside(column, after.picklist)],
      using: `CASE WHEN ${column} IS NULL THEN NULL ELSE ARRAY[${column}] END`,
    };
  return `${before.type} cannot become ${after.type} without losing data. Add a new field instead, and archive this one.`;
}

function textLosses(column: string, after: Field): Conversion['losses'] {
  const losses = [...lengthLosses(column, after)];
  if (after.type === 'email')
    losses.push({ condition: `${column} !~ '^[^\\s@]+@[^\\s@]+$'`, reason: 'are no e-mail addresses' });
  if (after.type === 'salesforce_id')
    losses.push({
      condition: `${column} !~ '^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$'`,
      reason: 'are no Salesforce ids',
    });
  if (after.type === 'picklist' && after.picklist !== null)
    losses.push(valuesOutside(column, after.picklist));
  return losses;
}

function lengthLosses(text: string, after: Field): Conversion['losses'] {
  if (after.length === null) return [];
  return [
    {
      condition: `char_length(${text}) > ${after.length}`,
      reason: `are longer than ${after.length} characters`,
    },
  ];
}

function picklistLosses(column: string, after: Field): Conversion['losses'] {
  if (after.picklist === null) return [];
  return [
    {
      condition: `NOT ${column} <@ ARRAY[${after.picklist.map(quoteLiteral).join(', ')}]::text[]`,
      reason: 'have values outside the picklist',
    },
  ];
}

function valuesOutside(column: string, values: readonly string[]): Conversion['losses'][number] {
  return {
    condition: `${column} NOT IN (${values.map(quoteLiteral).join(', ')})`,
    reason: 'have values outside the picklist',
  };
}

function toDecimal(column: string, before: Field, after: Field): Conversion {
  const scale = after.scale ?? 0;
  const whole = (after.precision ?? 18) - scale;
  const isSame =
    before.type === 'decimal' && before.precision === after.precision && before.scale === after.scale;
  return {
    losses: [
      {
        condition: `abs(${column}) >= 1e${whole}::numeric`,
        reason: `have more than ${whole} digits before the point`,
      },
      {
        condition: `${column} <> round(${column}::numeric, ${scale})`,
        reason: `have more than ${scale} digits after the point`,
      },
    ],
    using: isSame ? null : `${column}::${sqlType(after)}`,
  };
}

/** Every value can be written, as the API writes it. */
function toText(column: string, before: Field, after: Field): Conversion | string {
  const written: Partial<Record<Field['type'], string>> = {
    integer: `${column}::text`,
    decimal: `${column}::text`,
    boolean: `${column}::text`,
    date: `to_char(${column}, 'YYYY-MM-DD')`,
    time: `to_char(${column}, 'HH24:MI:SS.MS')`,
    timestamp: `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    multipicklist: `array_to_string(${column}, ';')`,
  };
  const text = written[before.type];
  if (text === undefined) return `${before.type} cannot become ${after.type}.`;
  return { losses: lengthLosses(text, after), using: text };
}
