import { platformEnum } from '../language/runtime/platform-enums.ts';
import { beanClass, newBean, type Bean } from '../library/beans.ts';
import { platformClass } from '../library/registry.ts';
import { current } from '../execution/transaction.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import { throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { SObjectFieldToken, SObjectTypeToken } from './schema-tokens.ts';
import type { FieldSchema, FieldSetSchema, ObjectSchema } from './schema.ts';

const platform = (name: string): TypeRef => ({ kind: 'platform', name, arguments: [] });

beanClass('Schema.FieldSet');
beanClass('Schema.FieldSetMember');

/** What `describe.fieldSets` answers. */
export class FieldSets extends PlatformObject {
  readonly object: ObjectSchema;
  constructor(object: ObjectSchema) {
    super('Schema.SObjectTypeFieldSets');
    this.object = object;
  }
}

/** The field at the end of `Account.Owner.Name`, and the object it is of. */
function fieldAt(object: ObjectSchema, path: string): { object: ObjectSchema; field: FieldSchema } {
  const [first = '', ...rest] = path.split('.');
  const field = object.fields.get(first.toLowerCase());
  if (rest.length === 0 && field) return { object, field };
  const target = object.parents.get(first.toLowerCase())?.targets[0];
  const parent = target === undefined ? undefined : current().org.schema.object(target);
  if (!parent || rest.length === 0)
    return throwPlatform('System.SObjectException', `Invalid field ${path} for ${object.name}`);
  return fieldAt(parent, rest.join('.'));
}

function fieldSet(object: ObjectSchema, set: FieldSetSchema): Bean {
  const members = set.members.map((member) => {
    const found = fieldAt(object, member.path);
    return newBean('Schema.FieldSetMember', {
      fieldPath: member.path,
      label: found.field.label,
      required: member.isRequired,
      dbRequired: !found.field.nillable,
      type: platformEnum('Schema.DisplayType', found.field.type.toUpperCase()),
      sObjectField: new SObjectFieldToken(found.object, found.field),
    });
  });
  return newBean('Schema.FieldSet', {
    name: set.name,
    label: set.label,
    description: set.description,
    fields: new ApexList(platform('Schema.FieldSetMember'), members),
    sObjectType: new SObjectTypeToken(object),
  });
}

/** `SObjectType.Contact.fieldSets.Essentials`. */
export function fieldSetOf(objectName: string, name: string): Bean {
  const { schema } = current().org;
  const object = schema.object(objectName);
  const set = schema.fieldSets(objectName).find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!object || !set) return throwPlatform('System.SObjectException', `Invalid field set ${name}`);
  return fieldSet(object, set);
}

platformClass({
  name: 'Schema.SObjectTypeFieldSets',
  methods: {
    'getMap/0': ({ object }: FieldSets) =>
      new ApexMap(
        { kind: 'primitive', name: 'String' },
        platform('Schema.FieldSet'),
        current()
          .org.schema.fieldSets(object.name)
          .map((set) => [set.name, fieldSet(object, set)] as const),
      ),
  },
});
