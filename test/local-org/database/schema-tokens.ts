import { randomUUID } from 'node:crypto';
import type { ApexReference } from '../values/object.ts';
import { PlatformObject } from '../values/instance.ts';
import { ApexSObject } from '../values/sobject.ts';
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
  toJson(): string {
    return this.object.name;
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
  toJson(): string {
    return this.field.name;
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
  contentKey(): string {
    return `describe:${this.object.name}`;
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
  contentKey(): string {
    return `describe:${this.object.name}.${this.field.name}`;
  }
}

/** Counted: an org has thousands of objects, and a describe of each takes seconds. */
function described(token: SObjectTypeToken): ApexReference {
  current().org.counters.describes += 1;
  return token.getDescribe();
}

platformClass({
  name: 'Schema.SObjectType',
  methods: {
    'getDescribe/0': described,
    'getDescribe/1': described,
    'newSObject/0': (token: SObjectTypeToken) => new ApexSObject(token.object),
    'newSObject/1': (token: SObjectTypeToken, id: string | null) => {
      const record = new ApexSObject(token.object);
      record.put('Id', id);
      return record;
    },
    'newSObject/2': (token: SObjectTypeToken) => {
      const record = new ApexSObject(token.object);
      if (token.object.kind === 'event') record.values.set('eventuuid', randomUUID());
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
