import type { ApexReference, ApexValue } from '../values/object.ts';
import { throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { current } from '../execution/transaction.ts';
import { platformClass } from '../library/registry.ts';
import type { FieldSchema, ObjectSchema } from './schema.ts';

/** A Schema.SObjectType. */
export class SObjectTypeToken extends PlatformObject {
  readonly object: ObjectSchema;
  constructor(object: ObjectSchema) {
    super('Schema.SObjectType');
    this.object = object;
  }
  getDescribe(): ApexReference {
    return new DescribeObject(this.object);
  }
  contentKey(): string {
    return `object:${this.object.name}`;
  }
  override toString(): string {
    return this.object.name;
  }
}

/** A Schema.SObjectField. */
export class SObjectFieldToken extends PlatformObject {
  readonly object: ObjectSchema;
  readonly field: FieldSchema;
  constructor(object: ObjectSchema, field: FieldSchema) {
    super('Schema.SObjectField');
    this.object = object;
    this.field = field;
  }
  get fieldName(): string {
    return this.field.name;
  }
  getDescribe(): ApexReference {
    return new DescribeField(this.object, this.field);
  }
  contentKey(): string {
    return `field:${this.object.name}.${this.field.name}`;
  }
  override toString(): string {
    return this.field.name;
  }
}

export class DescribeObject extends PlatformObject {
  readonly object: ObjectSchema;
  constructor(object: ObjectSchema) {
    super('Schema.DescribeSObjectResult');
    this.object = object;
  }
}
export class DescribeField extends PlatformObject {
  readonly object: ObjectSchema;
  readonly field: FieldSchema;
  constructor(object: ObjectSchema, field: FieldSchema) {
    super('Schema.DescribeFieldResult');
    this.object = object;
    this.field = field;
  }
}

/** The token of what a List's or Map's elements are. */
function tokenOf(value: ApexValue): SObjectTypeToken {
  if (value instanceof SObjectTypeToken) return value;
  if (typeof value === 'object' && value !== null && 'element' in value) {
    const element = value.element as TypeRef;
    const object =
      element.kind === 'sobject' && element.name !== null
        ? current().org.schema.object(element.name)
        : undefined;
    if (object) return new SObjectTypeToken(object);
  }
  return throwNull();
}

platformClass({
  name: 'Schema.SObjectType',
  methods: {
    'getDescribe/0': (token: ApexValue) => tokenOf(token).getDescribe(),
    'getDescribe/1': (token: ApexValue) => tokenOf(token).getDescribe(),
    'newSObject/0': (token: ApexValue) => new ApexSObject(tokenOf(token).object),
    'newSObject/1': (token: ApexValue, id: string | null) => {
      const record = new ApexSObject(tokenOf(token).object);
      record.put('Id', id);
      return record;
    },
    'newSObject/2': (token: ApexValue) => {
      const record = new ApexSObject(tokenOf(token).object);
      for (const field of record.schema.fields.values())
        if (field.createable && !field.autoNumber) {
          const chosen =
            field.picklist.find((each) => each.isDefault)?.value ?? current().org.defaultOf(field);
          if (chosen !== null) record.values.set(field.name.toLowerCase(), chosen);
        }
      return record;
    },
  },
});
platformClass({
  name: 'Schema.SObjectField',
  methods: {
    'getDescribe/0': (token: SObjectFieldToken) => token.getDescribe(),
    'getDescribe/1': (token: SObjectFieldToken) => token.getDescribe(),
  },
});
