import { ApexException as ExceptionBase, platformException } from '../values/exception.ts';
import { ApexEnum, ApexObject } from '../values/instance.ts';
import type { ApexReference, ApexValue, ClassInfo, FieldInfo, MethodInfo } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { Annotation, PropertyNode } from './syntax/ast.ts';
import {
  accessOf,
  hasAnnotation,
  hasWord,
  type FieldSymbol,
  type MethodSymbol,
  type SourceType,
} from './types/symbols.ts';
import { allInterfaces, dispatchTable } from './dispatch.ts';
import type { ProgramContext } from './compiler/context.ts';
import type { Runtime } from './runtime/runtime.ts';

type Method = (...parameters: ApexValue[]) => ApexValue;

/** The JavaScript class of a source class. Generated code puts its methods on it. */
export interface GeneratedClass {
  new (): ApexReference;
  prototype: Record<string, unknown>;
  constants?: readonly ApexEnum[];
  initialiseStatics?(): void;
  [method: string]: unknown;
}

export interface LinkedClass {
  readonly source: SourceType;
  readonly constructor: GeneratedClass;
  readonly info: ClassInfo;
  freshStatics(): Record<string, ApexValue>;
}

/** Makes the JavaScript classes, superclasses first, in the order of the source types' numbers. */
export function linkClasses(program: ProgramContext, runtime: Runtime): LinkedClass[] {
  const made = new Map<SourceType, LinkedClass>();
  const link = (source: SourceType): LinkedClass => {
    const known = made.get(source);
    if (known) return known;
    const parentSource =
      source.superclass?.kind === 'class' ? program.resolver.sourceType(source.superclass.name) : undefined;
    const parent = parentSource ? link(parentSource) : undefined;
    const linked = linkClass(program, runtime, source, parent);
    made.set(source, linked);
    return linked;
  };
  return [...program.types.values()].map(link);
}

function linkClass(
  program: ProgramContext,
  runtime: Runtime,
  source: SourceType,
  parent: LinkedClass | undefined,
): LinkedClass {
  const constructor = generatedClass(program, source, parent);
  const info = classInfo(program, runtime, source, constructor, parent);
  Object.defineProperties(constructor.prototype, {
    $type: { value: source.type },
    $class: { value: info },
    $methods: { get: () => dispatchTable(program, source, constructor) },
  });
  if (source.declaration.kind === 'enum') {
    constructor.constants = source.declaration.constants.map(
      (name, index) => new ApexEnum(source.type, name, index),
    );
  }
  return { source, constructor, info, freshStatics: () => initialValues(source, true) };
}

function generatedClass(
  program: ProgramContext,
  source: SourceType,
  parent: LinkedClass | undefined,
): GeneratedClass {
  const isException =
    program.conversions.distance(source.type, { kind: 'platform', name: 'System.Exception', arguments: [] }) <
    Infinity;
  const fields = Object.entries(initialValues(source, false));
  const put = (target: object): void => {
    for (const [slot, value] of fields) (target as Record<string, ApexValue>)[slot] = value;
  };
  if (parent) {
    const Base = parent.constructor as unknown as new () => ApexReference;
    return class extends Base {
      constructor() {
        super();
        put(this);
      }
    } as unknown as GeneratedClass;
  }
  if (isException) {
    return class extends ExceptionBase {
      constructor() {
        super(source.type);
        put(this);
      }
    } as unknown as GeneratedClass;
  }
  return class extends ApexObject {
    constructor() {
      super();
      put(this);
    }
  } as unknown as GeneratedClass;
}

/** Every field is null until it is given a value. */
function initialValues(source: SourceType, isStatic: boolean): Record<string, ApexValue> {
  const values: Record<string, ApexValue> = {};
  for (const field of source.fields.values()) if (field.isStatic === isStatic) values[field.slot] = null;
  return values;
}

function classInfo(
  program: ProgramContext,
  runtime: Runtime,
  source: SourceType,
  constructor: GeneratedClass,
  parent: LinkedClass | undefined,
): ClassInfo {
  const { declaration } = source;
  const words = declaration.modifiers.words;
  const sharing =
    (['with', 'without', 'inherited'] as const).find((each) => words.includes(`${each} sharing`)) ??
    'unspecified';
  let interfaces: readonly TypeRef[] | null = null;
  let fields: readonly FieldInfo[] | null = null;
  let methods: readonly MethodInfo[] | null = null;
  return {
    name: source.name,
    kind: declaration.kind,
    type: source.type,
    superclass: parent?.info ?? null,
    get interfaces() {
      return (interfaces ??= allInterfaces(program, source));
    },
    isAbstract: words.includes('abstract'),
    isTest: hasAnnotation(declaration.modifiers, 'istest'),
    sharing,
    get fields() {
      return (fields ??= [
        ...(parent?.info.fields ?? []),
        ...[...source.fields.values()].map((field) => fieldInfo(runtime, source, constructor, field)),
      ]);
    },
    get methods() {
      return (methods ??= [...source.methods.values()]
        .flat()
        .map((method) => methodInfo(constructor, method)));
    },
    get enumValues() {
      return constructor.constants ?? [];
    },
    newInstance: () => newInstance(runtime, source, constructor),
    allocate: () => new constructor(),
    file: source.file,
    line: declaration.at[0],
  };
}

function newInstance(runtime: Runtime, source: SourceType, constructor: GeneratedClass): ApexReference {
  const own = source.constructors.find((each) => each.parameters.length === 0);
  const initialise = own ? constructor.prototype[own.jsName] : undefined;
  const instance = runtime.fresh(new constructor());
  if (typeof initialise === 'function') return (initialise as () => ApexReference).call(instance);
  if (instance instanceof ExceptionBase) return instance;
  throw platformException('System.TypeException', `${source.name} has no constructor without parameters`);
}

function fieldInfo(
  runtime: Runtime,
  source: SourceType,
  constructor: GeneratedClass,
  field: FieldSymbol,
): FieldInfo {
  const modifiers = field.node?.modifiers ?? { words: [], annotations: [] };
  const holder = (instance: ApexReference | null): Record<string, ApexValue> =>
    field.isStatic ? runtime.statics(source.index) : (instance as unknown as Record<string, ApexValue>);
  const accessor = (instance: ApexReference | null, name: string, ...parameters: ApexValue[]): ApexValue => {
    const target = field.isStatic ? constructor : constructor.prototype;
    return (target[name] as Method).call(instance as never, ...parameters);
  };
  return {
    name: field.name,
    type: field.type,
    isStatic: field.isStatic,
    isTransient: hasWord(modifiers, 'transient'),
    isProperty: (field.node as PropertyNode | null)?.kind === 'property',
    access: accessOf(modifiers),
    annotations: new Set(modifiers.annotations.map(({ name }) => name)),
    get: (instance) =>
      field.getter === null ? (holder(instance)[field.slot] ?? null) : accessor(instance, field.getter),
    set: (instance, value) => {
      if (field.setter === null) holder(instance)[field.slot] = value;
      else accessor(instance, field.setter, value);
    },
  };
}

function methodInfo(constructor: GeneratedClass, method: MethodSymbol): MethodInfo {
  const { modifiers } = method.node;
  return {
    name: method.name,
    parameters: method.parameters,
    returns: method.returns,
    isStatic: method.isStatic,
    isTest: hasAnnotation(modifiers, 'istest') || hasWord(modifiers, 'testmethod'),
    isTestSetup: hasAnnotation(modifiers, 'testsetup'),
    access: accessOf(modifiers),
    annotations: new Map(
      modifiers.annotations.map((annotation: Annotation) => [
        annotation.name,
        new Map(Object.entries(annotation.values)),
      ]),
    ),
    invoke: (instance, parameters) => {
      const target = method.isStatic ? constructor : (instance as unknown as Record<string, unknown>);
      return (target[method.jsName] as Method).call(instance as never, ...parameters);
    },
    line: method.node.at[0],
  };
}
