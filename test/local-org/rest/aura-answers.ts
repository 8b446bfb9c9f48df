import type { ClassInfo, FieldInfo, MethodInfo, Program } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';

/** What is known of a value before it is there: the members that it may have, or what is in it. */
export interface Shape {
  /** By the name of a shape that is described once. */
  readonly type?: string;
  /** Every member; a value has no other. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** Of each element of a list, and each value of a map. */
  readonly of?: Shape;
}

/** Shapes of answers by whatever they are asked for by, and what those name. */
export interface Answers {
  readonly answers: Readonly<Record<string, Shape>>;
  readonly types: Readonly<Record<string, Shape>>;
}

export const AURA = 'auraenabled';

/** What a component is answered by each @AuraEnabled method, `DI_MonitorController.status`. */
export function auraAnswers({ classes }: Pick<Program, 'classes'>): Answers {
  const answers: Record<string, Shape> = {};
  const types: Record<string, Shape> = {};
  for (const info of classes.values()) {
    for (const method of auraMethods(info)) answers[`${info.name}.${method.name}`] = shapeOf(method.returns);
    types[info.name] = {
      members: Object.fromEntries(auraFields(info).map((field) => [field.name, shapeOf(field.type)])),
    };
  }
  return { answers, types };
}

/** The methods that components call. */
export function auraMethods({ methods }: Pick<ClassInfo, 'methods'>): MethodInfo[] {
  return methods.filter(({ annotations }) => annotations.has(AURA));
}

/** The members of a class that components see. */
export function auraFields({ fields }: Pick<ClassInfo, 'fields'>): FieldInfo[] {
  return fields.filter(({ isStatic, annotations }) => !isStatic && annotations.has(AURA));
}

/** Of what is no class of the source nothing is known. */
function shapeOf(type: TypeRef): Shape {
  switch (type.kind) {
    case 'class':
      return { type: type.name };
    case 'list':
    case 'set':
      return { of: shapeOf(type.element) };
    case 'map':
      return { of: shapeOf(type.value) };
    default:
      return {};
  }
}
