import { findPlatformClass } from '../../library/registry.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import type { Expression, Position } from '../syntax/ast.ts';
import { argumentsOf, OBJECT } from '../types/conversions.ts';
import { platformNameOf, platformType, readPlatformType } from '../types/platform-types.ts';
import { expression } from './expressions.ts';
import { choose, convert, convertAll, isException, lookUp } from './members.ts';
import { typeText } from './operators.ts';
import { classVariable, type Compiled, type Scope } from './context.ts';

type Creation = Extract<Expression, { kind: 'new' | 'newArray' | 'newMap' | 'newItems' }>;

/** `new …` in all its shapes. */
export function creation(scope: Scope, node: Creation): Compiled {
  const type = scope.unit.type(node.type, scope.owner);
  switch (node.kind) {
    case 'newArray':
      return newArray(scope, type, node);
    case 'newMap':
      return newMap(scope, type, node);
    case 'newItems':
      return newItems(scope, type, node.items, node.at);
    case 'new':
      return newInstance(scope, type, node);
  }
}

function newArray(scope: Scope, type: TypeRef, node: Extract<Creation, { kind: 'newArray' }>): Compiled {
  if (node.items) return newItems(scope, type, node.items, node.at);
  const size = node.size ? expression(scope, node.size).js : '0';
  return { js: `$.listOfSize(${scope.unit.typeConstant(elementOf(type))}, ${size})`, type };
}

function newItems(scope: Scope, type: TypeRef, items: readonly Expression[], at: Position): Compiled {
  const element = elementOf(type);
  const values = items.map((item) => convert(scope.unit, expression(scope, item), element, at)).join(', ');
  if (type.kind === 'list') return { js: `$.list(${scope.unit.typeConstant(element)}, [${values}])`, type };
  if (type.kind === 'set') return { js: `$.set(${scope.unit.typeConstant(element)}, [${values}])`, type };
  if (type.kind === 'map' && items.length === 0) return { js: `$.map(${mapTypes(scope, type)}, [])`, type };
  return scope.unit.fail(at, `${typeText(type)} cannot be made from a list of values`);
}

function newMap(scope: Scope, type: TypeRef, node: Extract<Creation, { kind: 'newMap' }>): Compiled {
  if (type.kind !== 'map') return scope.unit.fail(node.at, `${typeText(type)} is not a map`);
  const entries = node.entries.map(([key, value]) => {
    const compiledKey = convert(scope.unit, expression(scope, key), type.key, node.at);
    return `[${compiledKey}, ${convert(scope.unit, expression(scope, value), type.value, node.at)}]`;
  });
  return { js: `$.map(${mapTypes(scope, type)}, [${entries.join(', ')}])`, type };
}

function mapTypes(scope: Scope, type: TypeRef & { kind: 'map' }): string {
  return `${scope.unit.typeConstant(type.key)}, ${scope.unit.typeConstant(type.value)}`;
}

function elementOf(type: TypeRef): TypeRef {
  return type.kind === 'list' || type.kind === 'set' ? type.element : OBJECT;
}

function newInstance(scope: Scope, type: TypeRef, node: Extract<Creation, { kind: 'new' }>): Compiled {
  switch (type.kind) {
    case 'sobject':
      return newRecord(scope, type, node);
    case 'class':
      return newSource(scope, type, node);
    case 'list':
    case 'set':
    case 'map':
      return newCollection(scope, type, node);
    default:
      return newPlatform(scope, type, node);
  }
}

/** `new Contact(LastName = 'x')`. */
function newRecord(
  scope: Scope,
  type: TypeRef & { kind: 'sobject' },
  node: Extract<Creation, { kind: 'new' }>,
): Compiled {
  const { unit } = scope;
  const object = type.name === null ? undefined : unit.program.schema.object(type.name);
  if (!object) return unit.fail(node.at, 'Type cannot be constructed: SObject');
  const fields = node.arguments.map((argument) => {
    if (argument.kind !== 'assign' || argument.target.kind !== 'name')
      return unit.fail(
        argument.at,
        `Invalid constructor syntax, name=value pairs can only be used for SObjects: ${object.name}`,
      );
    const { name } = argument.target;
    const value = expression(scope, argument.value);
    const field = object.fields.get(name.toLowerCase());
    if (field) return `[${JSON.stringify(field.name)}, ${convert(unit, value, field.apexType, argument.at)}]`;
    if (object.parents.has(name.toLowerCase()) || object.children.has(name.toLowerCase()))
      return `[${JSON.stringify(name)}, ${value.js}]`;
    return unit.fail(argument.at, `Invalid field ${name} for SObject ${object.name}`);
  });
  return { js: `$.newRecord(${JSON.stringify(object.name)}, [${fields.join(', ')}])`, type };
}

function newSource(
  scope: Scope,
  type: TypeRef & { kind: 'class' },
  node: Extract<Creation, { kind: 'new' }>,
): Compiled {
  const { unit } = scope;
  const source = unit.program.resolver.sourceType(type.name);
  if (source?.declaration.kind !== 'class')
    return unit.fail(node.at, `Type cannot be constructed: ${type.name}`);
  if (source.declaration.modifiers.words.includes('abstract'))
    return unit.fail(node.at, `Abstract classes cannot be constructed: ${type.name}`);
  const given = node.arguments.map((each) => expression(scope, each));
  const overloads = source.constructors.map((constructor) => ({
    ...constructor,
    parameters: constructor.parameters.map((each) => each.type),
  }));
  const chosen = choose(unit.program, overloads, given);
  if (chosen)
    return {
      js: `$.fresh(new ${classVariable(source)}()).${chosen.jsName}(${convertAll(unit, given, chosen.parameters, node.at).join(', ')})`,
      type,
    };
  if (isException(unit.program, source))
    return {
      js: `$.newException(${classVariable(source)}, [${given.map((each) => each.js).join(', ')}])`,
      type,
    };
  return unit.fail(
    node.at,
    `Constructor not defined: ${type.name}(${given.map((each) => typeText(each.type)).join(', ')})`,
  );
}

function newCollection(
  scope: Scope,
  type: TypeRef & { kind: 'list' | 'set' | 'map' },
  node: Extract<Creation, { kind: 'new' }>,
): Compiled {
  const given = node.arguments.map((each) => expression(scope, each).js);
  const types = type.kind === 'map' ? mapTypes(scope, type) : scope.unit.typeConstant(type.element);
  if (given.length === 0) return { js: `$.${type.kind}(${types}, [])`, type };
  return { js: `$.${type.kind}From(${types}, ${given.join(', ')})`, type };
}

function newPlatform(scope: Scope, type: TypeRef, node: Extract<Creation, { kind: 'new' }>): Compiled {
  const { unit } = scope;
  const name = platformNameOf(type);
  const owner = platformType(name);
  const given = node.arguments.map((each) => expression(scope, each));
  const substitutions = new Map(
    (owner?.typeParameters ?? []).map((each, index) => [each, argumentsOf(type)[index] ?? OBJECT]),
  );
  const overloads = (owner?.constructors ?? []).map((parameters) => ({
    written: parameters,
    parameters: parameters.map((each) => readPlatformType(each, substitutions)),
  }));
  const chosen = choose(unit.program, overloads, given);
  if (!chosen)
    return unit.fail(
      node.at,
      `Constructor not defined: ${name}(${given.map((each) => typeText(each.type)).join(', ')})`,
    );
  const constructors = findPlatformClass(name)?.constructors;
  const signature = `new(${chosen.written.join(',')})`;
  const implemented = lookUp(constructors, signature) ?? lookUp(constructors, `new/${given.length}`);
  if (!implemented) return unit.unsupported(node.at, `${name}.${signature}`);
  return {
    js: `${unit.functionConstant(implemented)}(${convertAll(unit, given, chosen.parameters, node.at).join(', ')})`,
    type,
  };
}
