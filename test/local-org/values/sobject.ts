import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import { ApexList } from './collections.ts';
import { ApexDate, ApexDatetime } from './dates.ts';
import { platformException, throwPlatform } from './exception.ts';
import { to18 } from './ids.ts';
import { ApexDecimal, ApexDouble, isApexNumber, toBig, toFloat } from './numbers.ts';
import type { ApexReference, ApexValue } from './object.ts';
import { apexToString } from './text.ts';
import { typeName, type TypeRef } from './type-ref.ts';
import { keyText, type KnownInstances } from './equality.ts';

/** An error added to a record in a trigger. */
export interface RecordError {
  readonly field: string | null;
  readonly message: string;
  readonly statusCode: string;
}

/** A record in memory: as it was built, or as a query brought it. */
export class ApexSObject implements ApexReference {
  readonly $type: TypeRef & { kind: 'sobject' };
  readonly schema: ObjectSchema;
  /** By lower-case field name; only what was set or queried. */
  readonly values = new Map<string, ApexValue>();
  /** By lower-case relationship name. */
  readonly parents = new Map<string, ApexSObject | null>();
  readonly children = new Map<string, ApexList>();
  /** Brought by a query: reading a field that was not selected is an error. */
  isQueried = false;
  /** Trigger.new in an after trigger, and Trigger.old. */
  isReadOnly = false;
  readonly errors: RecordError[] = [];
  /** The Id of the record it is a clone of; undefined where it is none. */
  clonedFrom: string | null | undefined = undefined;
  /** What setOptions gave: Database.DMLOptions. */
  options: ApexReference | null = null;

  constructor(schema: ObjectSchema) {
    this.schema = schema;
    this.$type = { kind: 'sobject', name: schema.name };
  }

  get id(): string | null {
    const id = this.values.get('id') ?? null;
    return typeof id === 'string' ? id : null;
  }

  /** The field by its name in any case; a System.SObjectException where the object has none. */
  field(name: string): FieldSchema {
    const field = this.schema.fields.get(name.toLowerCase());
    if (!field) throwPlatform('System.SObjectException', `Invalid field ${name} for ${this.schema.name}`);
    return field;
  }

  get(name: string): ApexValue {
    const key = name.toLowerCase();
    const value = this.values.get(key);
    if (value !== undefined) return value;
    const field = this.field(name);
    if (this.isQueried && key !== 'id') {
      throwPlatform(
        'System.SObjectException',
        `SObject row was retrieved via SOQL without querying the requested field: ${this.schema.name}.${field.name}`,
      );
    }
    // A checkbox of a record in memory is false, not null; so is it for the platform.
    return field.type === 'boolean' ? false : null;
  }

  put(name: string, value: ApexValue): void {
    if (this.isReadOnly) throwPlatform('System.FinalException', 'Record is read-only');
    const field = this.field(name);
    this.values.set(name.toLowerCase(), coerce(field, value));
    // A new foreign key makes the parent that was loaded for the old one wrong.
    if (field.relationshipName) {
      const relationship = field.relationshipName.toLowerCase();
      if (this.parents.get(relationship)?.id !== value) this.parents.delete(relationship);
    }
  }

  parent(name: string): ApexSObject | null {
    const key = name.toLowerCase();
    const parent = this.parents.get(key);
    if (parent !== undefined) return parent;
    if (this.isQueried) {
      throwPlatform(
        'System.SObjectException',
        `SObject row was retrieved via SOQL without querying the requested field: ${this.schema.name}.${name}`,
      );
    }
    return null;
  }

  childList(name: string): ApexList {
    const found = this.children.get(name.toLowerCase());
    if (found) return found;
    const relationship = this.schema.children.get(name.toLowerCase());
    return new ApexList({ kind: 'sobject', name: relationship?.childObject ?? null });
  }

  /** A copy of the fields; parents and children are shared, as records in a list are. */
  copy(): ApexSObject {
    const copy = new ApexSObject(this.schema);
    for (const [key, value] of this.values) copy.values.set(key, value);
    for (const [key, value] of this.parents) copy.parents.set(key, value);
    for (const [key, value] of this.children) copy.children.set(key, value);
    copy.isQueried = this.isQueried;
    return copy;
  }

  /** Records are equal where their types and set fields are, and those of the parents they hold. */
  contentKey(known: KnownInstances): string {
    const parts = [...this.values, ...this.parents]
      .filter(([, value]) => value !== null)
      .map(([key, value]) => `${key}=${keyText(value, known)}`)
      .sort();
    return `r:${this.schema.name}:${parts.join('\u0001')}`;
  }

  /** `Contact:{LastName=Butt, Id=003…}`. */
  toString(): string {
    const fields = [...this.values].map(
      ([key, value]) => `${this.schema.fields.get(key)?.name ?? key}=${apexToString(value)}`,
    );
    return `${this.schema.name}:{${fields.join(', ')}}`;
  }
}

/** A value as a field of that type holds it; a System.SObjectException where it cannot be. */
export function coerce(field: FieldSchema, value: ApexValue): ApexValue {
  if (value === null) return null;
  const wanted = field.apexType.kind === 'primitive' ? field.apexType.name : 'Object';
  switch (wanted) {
    case 'Decimal':
      if (isApexNumber(value)) return value instanceof ApexDecimal ? value : new ApexDecimal(toBig(value));
      break;
    case 'Double':
      if (isApexNumber(value)) return value instanceof ApexDouble ? value : new ApexDouble(toFloat(value));
      break;
    case 'Integer':
      if (typeof value === 'number') return value;
      if (typeof value === 'bigint') return Number(value);
      if (value instanceof ApexDecimal && value.big.stripTrailingZeros().scale() <= 0)
        return value.big.numberValue();
      break;
    case 'Long':
      if (typeof value === 'bigint' || typeof value === 'number') return BigInt(value);
      break;
    case 'Id':
      if (typeof value === 'string') return value === '' ? null : to18(value);
      break;
    case 'String':
      if (typeof value === 'string') return value;
      break;
    case 'Boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'Datetime':
      if (value instanceof ApexDatetime) return value;
      if (value instanceof ApexDate) return new ApexDatetime(value.days * 86_400_000);
      break;
    case 'Date':
      if (value instanceof ApexDate) return value;
      if (value instanceof ApexDatetime) return value.date();
      break;
    default:
      return value;
  }
  throw platformException(
    'System.SObjectException',
    `Illegal assignment from ${typeText(value)} to ${wanted}`,
  );
}

function typeText(value: ApexValue): string {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Integer';
    case 'bigint':
      return 'Long';
    case 'boolean':
      return 'Boolean';
    default:
      return value === null ? 'null' : typeName(value.$type);
  }
}
