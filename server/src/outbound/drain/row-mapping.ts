import { optInValue, type ChangedOptIns, type ConsentByCode } from '../../consent/opt-in-fields.ts';
import { Refusal } from '../../values/check-value.ts';
import type { Decimals } from '../../values/decimals.ts';
import { compileTransforms } from '../../values/transforms.ts';
import { fitValue, UnfitValue } from '../engine/fit-shape.ts';
import type { OrgField, OrgObject, OrgRecord } from '../../salesforce/org.ts';
import { salesforceValue } from './salesforce-value.ts';
import type { Integration } from '../integrations/integrations.ts';

/** Values of a row by column, as the database's driver reads them. */
export type RowValues = Readonly<Record<string, unknown>>;

/** How rows and consents of an integration become fields of its object. */
export interface RowMapping {
  /** Columns that have to be read. */
  readonly columns: readonly string[];
  /** Fields of a record that is made. Throws UnmappedValue for a value that no map takes. */
  newFields(values: RowValues): OrgRecord;
  /**
   * Fields of a record that is there: those of the columns that changed, and with them what every write says; none where
   * no field changed. Throws UnmappedValue.
   *
   * @param changed null for every column
   * @param made what a new record of these values is made of, where that is known already
   */
  changedFields(values: RowValues, changed: ReadonlySet<string> | null, made?: OrgRecord | null): OrgRecord;
  /** Checkboxes that are told of a person's opt-ins. */
  optIns(consent: ConsentByCode, changed: ChangedOptIns): OrgRecord;
}

/** @param described what the org says of the object; null where it has not been asked */
export function compileRowMapping(integration: Integration, described: OrgObject | null): RowMapping {
  const { mapping, optInFields, table } = integration;
  const fieldOf = (name: string) =>
    described?.fields.find((field) => field.name.toLowerCase() === name.toLowerCase()) ?? null;
  const writers = mapping.map((entry) => {
    const column =
      'column' in entry ? (table.fields.find((each) => each.name === entry.column) ?? null) : null;
    const field = fieldOf(entry.salesforceField);
    const transform = compileTransforms(entry.transforms ?? []);
    return {
      name: field?.name ?? entry.salesforceField,
      column: 'column' in entry ? entry.column : null,
      isForNew: entry.on === 'create',
      read: (values: RowValues): unknown => {
        const raw = 'column' in entry ? values[entry.column] : entry.constant;
        const value = transform ? transform(raw) : raw;
        if (value instanceof Refusal) throw new UnmappedValue(entry.salesforceField, value.message);
        const written = salesforceValue(column, field, value);
        return fitted(entry.salesforceField, field, written, entry.decimals);
      },
    };
  });
  const always = writers.filter((writer) => !writer.isForNew);
  return {
    columns: [...new Set(mapping.flatMap((entry) => ('column' in entry ? [entry.column] : [])))],
    newFields: (values) => Object.fromEntries(writers.map(({ name, read }) => [name, read(values)])),
    changedFields: (values, changed, made = null) => {
      const isChanged = ({ column }: { readonly column: string | null }): boolean =>
        changed === null || (column !== null && changed.has(column));
      if (!always.some(isChanged)) return {};
      const written = always.filter((writer) => writer.column === null || isChanged(writer));
      return Object.fromEntries(written.map(({ name, read }) => [name, made ? made[name] : read(values)]));
    },
    optIns: (consent, changed) => {
      const record: Record<string, boolean> = {};
      for (const target of optInFields) {
        const value = optInValue(target, consent, changed);
        if (value !== null) record[fieldOf(target.field)?.name ?? target.field] = value;
      }
      return record;
    },
  };
}

/** A value as its field takes it, where the org has said what that is. */
function fitted(name: string, field: OrgField | null, value: unknown, decimals?: Decimals): unknown {
  try {
    return field === null ? value : fitValue(field, value, decimals);
  } catch (error) {
    if (error instanceof UnfitValue) throw new UnmappedValue(name, error.message, 'invalid-value');
    throw error;
  }
}

/** A value that the integration's map has nothing for, or that its field does not take. */
export class UnmappedValue extends Error {
  override readonly name = 'UnmappedValue';
  readonly code: 'not-in-map' | 'invalid-value';

  constructor(field: string, message: string, code: UnmappedValue['code'] = 'not-in-map') {
    super(`${field}: ${message}`);
    this.code = code;
  }
}
