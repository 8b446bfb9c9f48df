import type { TypeRef } from '../../values/type-ref.ts';
import type { Expression } from '../syntax/ast.ts';
import { isPrimitive, VOID } from '../types/conversions.ts';
import { platformType } from '../types/platform-types.ts';
import type { SourceType } from '../types/symbols.ts';
import { SourceError } from '../../values/object.ts';
import { link, safeLink } from './chains.ts';
import { expression } from './expressions.ts';
import {
  candidates,
  choose,
  convertAll,
  implementation,
  isException,
  superclassOf,
  type Candidate,
} from './members.ts';
import { signatureOf } from '../../values/instance.ts';
import { typeInFront, typeNamed } from './names.ts';
import { typeText } from './operators.ts';
import { bindings, isQuerying, takesBinds } from './dynamic-queries.ts';
import { typeToken } from './tokens.ts';
import { classVariable, type Compiled, type Scope } from './context.ts';

type Call = Extract<Expression, { kind: 'call' }>;
type CallOn = Call & { readonly target: Expression };

const hasTarget = (node: Call): node is CallOn => node.target !== null;

/** A method call: on nothing, on `super`, on a type, or on a value. */
export function call(scope: Scope, node: Call): Compiled {
  if (!hasTarget(node)) return unqualifiedCall(scope, node);
  if (node.target.kind === 'super') return superCall(scope, node);
  const type = typeInFront(scope, node.target);
  const onType = type && staticCall(scope, type, node);
  if (onType) return onType;
  const target = type ? valueInFront(scope, node, type) : expression(scope, node.target);
  const called = (value: Compiled): Compiled => instanceCall(scope, value, value.js, node);
  // A variable that is called like a type does not hide the type's own static methods: `Test.isRunningTest()`.
  const hidden = hasMethod(scope, target, node) ? null : typeNamed(scope, node.target);
  const found = hidden && staticCall(scope, hidden, node);
  if (found) return found;
  if (!node.safe) return link(target, called);
  const record = recordOfQuery(scope, target, node);
  const receiver = record ? { ...record, js: `$.singleOrNull(${target.js})` } : target;
  return safeLink(scope.unit, receiver, called);
}

/** `this(…)` and `super(…)`, the first statement of a constructor. */
export function constructorCall(
  scope: Scope,
  node: Extract<Expression, { kind: 'constructorCall' }>,
): Compiled {
  const { owner, unit } = scope;
  if (!owner) return unit.fail(node.at, `${node.which} cannot be called here`);
  const given = node.arguments.map((each) => expression(scope, each));
  const target = node.which === 'this' ? owner : superclassOf(unit.program, owner);
  const inherited: Compiled = {
    js: `$.initialiseException(this, [${given.map((each) => each.js).join(', ')}])`,
    type: VOID,
  };
  if (!target) return inherited;
  const overloads = target.constructors.map((constructor) => ({
    ...constructor,
    parameters: constructor.parameters.map((each) => each.type),
  }));
  const chosen = choose(unit.program, overloads, given);
  // Every exception of the source has Exception's own constructors beside those it declares.
  if (!chosen && given.length <= 2 && isException(unit.program, target)) return inherited;
  if (!chosen)
    return unit.fail(
      node.at,
      `Constructor not defined: ${target.name}(${given.map((each) => typeText(each.type)).join(', ')})`,
    );
  const parameters = convertAll(unit, given, chosen.parameters, node.at);
  return {
    js: `${classVariable(target)}.prototype.${chosen.jsName}.call(${['this', ...parameters].join(', ')})`,
    type: VOID,
  };
}

function unqualifiedCall(scope: Scope, node: Call): Compiled {
  const given = node.arguments.map((each) => expression(scope, each));
  for (let owner = scope.owner; owner; owner = owner.outer) {
    const all = candidates(scope.unit.program, owner.type, node.name);
    const usable = all.filter((each) => isStatic(each) || (owner === scope.owner && !scope.isStatic));
    const chosen = choose(scope.unit.program, usable, given);
    if (chosen) return invoke(scope, chosen, { js: 'this', type: owner.type }, 'this', given, node);
  }
  return noSuchMethod(scope, node, given);
}

function superCall(scope: Scope, node: Call): Compiled {
  const given = node.arguments.map((each) => expression(scope, each));
  const parent = scope.owner?.superclass;
  const chosen = parent
    ? choose(scope.unit.program, candidates(scope.unit.program, parent, node.name), given)
    : undefined;
  if (!chosen) return noSuchMethod(scope, node, given);
  const parameters = convertAll(scope.unit, given, chosen.parameters, node.at);
  if (chosen.kind === 'source') {
    return {
      js: `${classVariable(chosen.method.owner)}.prototype.${chosen.method.jsName}.call(${['this', ...parameters].join(', ')})`,
      type: chosen.returns,
    };
  }
  const implemented = scope.unit.functionConstant(implementation(scope.unit, chosen, node.at));
  return { js: `${implemented}(${['this', ...parameters].join(', ')})`, type: chosen.returns };
}

function compiledArguments(scope: Scope, node: Call): Compiled[] {
  return node.arguments.map((each) => expression(scope, each));
}

/** A static of a class that is called like one of its inner types; where there is none, it is the type that lacks the method. */
function valueInFront(scope: Scope, node: CallOn, type: TypeRef): Compiled {
  try {
    return expression(scope, node.target);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return noSuchMethod(scope, node, compiledArguments(scope, node), type);
  }
}

function hasMethod(scope: Scope, { type }: Compiled, node: Call): boolean {
  return type.kind !== 'null' && candidates(scope.unit.program, type, node.name).length > 0;
}

function isStatic(candidate: Candidate): boolean {
  return candidate.method.isStatic;
}

function staticCall(scope: Scope, type: TypeRef, node: Call): Compiled | undefined {
  const { unit } = scope;
  const given = compiledArguments(scope, node);
  const enumCall = staticEnumCall(scope, type, node, given);
  if (enumCall) return enumCall;
  if (type.kind === 'sobject' && type.name !== null) return objectCall(scope, type.name, node, given);
  const overloads = candidates(unit.program, type, node.name).filter(isStatic);
  const chosen = choose(unit.program, overloads, given);
  if (!chosen)
    return overloads.length > 0 || isPrimitive(type) ? noSuchMethod(scope, node, given, type) : undefined;
  return invoke(scope, chosen, { js: '', type }, '', given, node);
}

/** `Color.values()` and `Color.valueOf('RED')`, of the source and of the platform. */
function staticEnumCall(
  scope: Scope,
  type: TypeRef,
  node: Call,
  given: readonly Compiled[],
): Compiled | undefined {
  const isEnum =
    type.kind === 'class'
      ? scope.unit.program.resolver.sourceType(type.name)?.declaration.kind === 'enum'
      : type.kind === 'platform' && platformType(type.name)?.kind === 'enum';
  const name = node.name.toLowerCase();
  if (!isEnum) return undefined;
  const constant = scope.unit.typeConstant(type);
  if (name === 'values' && given.length === 0)
    return { js: `$.enumValues(${constant})`, type: { kind: 'list', element: type } };
  const [text] = given;
  if (name === 'valueof' && text) return { js: `$.enumValueOf(${constant}, ${text.js})`, type };
  return undefined;
}

/** `Contact.getSObjectType()`; `X__c.getInstance()`: what custom settings and custom metadata types answer. */
function objectCall(
  scope: Scope,
  object: string,
  node: Call,
  given: readonly Compiled[],
): Compiled | undefined {
  const record: TypeRef = { kind: 'sobject', name: object };
  const parameters = given.map((each) => each.js).join(', ');
  const name = node.name.toLowerCase();
  const types: Readonly<Record<string, TypeRef>> = {
    getinstance: record,
    getvalues: record,
    getorgdefaults: record,
    getall: { kind: 'map', key: { kind: 'primitive', name: 'String' }, value: record },
  };
  const type = types[name];
  const schema = scope.unit.program.schema.object(object);
  if (schema && name === 'getsobjecttype' && given.length === 0) return typeToken(schema);
  const kind = schema?.kind;
  if (!type || (kind !== 'setting' && kind !== 'metadataType')) return undefined;
  return { js: `$.setting(${JSON.stringify(object)}, ${JSON.stringify(name)}, [${parameters}])`, type };
}

/** A query whose record has the method, and whose list has not: the record is meant. */
function recordOfQuery(scope: Scope, target: Compiled, node: Call): Compiled | undefined {
  const { type } = target;
  const isRecords = target.isQuery && type.kind === 'list';
  return isRecords && candidates(scope.unit.program, type, node.name).length === 0
    ? { js: `$.single(${target.js})`, type: type.element }
    : undefined;
}

function instanceCall(scope: Scope, target: Compiled, js: string, node: Call): Compiled {
  const { unit } = scope;
  const record = recordOfQuery(scope, target, node);
  if (record) return instanceCall(scope, record, record.js, node);
  const given = node.arguments.map((each) => expression(scope, each));
  const { type } = target;
  if (type.kind === 'null') return unit.fail(node.at, 'null has no methods');
  const receiverType: TypeRef = type;
  // `c.Email.addError(…)` is about the field, not about the text in it.
  const fieldError = fieldErrorCall(scope, node, given);
  if (fieldError) return fieldError;
  const overloads = candidates(unit.program, receiverType, node.name);
  const chosen = choose(unit.program, overloads, given);
  if (!chosen) return noSuchMethod(scope, node, given, receiverType);
  return invoke(scope, chosen, target, js, given, node);
}

function fieldErrorCall(scope: Scope, node: Call, given: readonly Compiled[]): Compiled | undefined {
  if (node.name.toLowerCase() !== 'adderror' || node.target?.kind !== 'member') return undefined;
  const record = expression(scope, node.target.target);
  if (record.type.kind !== 'sobject') return undefined;
  return {
    js: `$.addFieldError(${record.js}, ${JSON.stringify(node.target.name)}, ${given[0]?.js ?? 'null'})`,
    type: VOID,
  };
}

/** The call itself, once it is known which method is meant. */
function invoke(
  scope: Scope,
  chosen: Candidate,
  target: Compiled,
  js: string,
  given: readonly Compiled[],
  node: Call,
): Compiled {
  const { unit } = scope;
  const parameters = convertAll(unit, given, chosen.parameters, node.at);
  if (chosen.kind === 'source') return invokeSource(chosen.method.owner, chosen, js, parameters);
  const { owner, method } = chosen;
  if (method.isStatic) {
    const implemented = unit.functionConstant(implementation(unit, chosen, node.at));
    const plain = `${implemented}(${parameters.join(', ')})`;
    return {
      js: takesBinds(owner.name, method.name) ? `$.withBinds(${bindings(scope)}, () => ${plain})` : plain,
      type: resultType(chosen, target),
      isQuery: isQuerying(owner.name, method.name),
    };
  }
  // What a class of the source may implement or override is dispatched by the value's own class.
  if (
    owner.kind === 'interface' ||
    owner.name === 'System.Object' ||
    owner.name === 'System.Exception' ||
    target.type.kind === 'class'
  ) {
    const key = JSON.stringify(signatureOf(method.name, chosen.parameters));
    return { js: `$.dispatch(${[js, key, ...parameters].join(', ')})`, type: resultType(chosen, target) };
  }
  const implemented = unit.functionConstant(implementation(unit, chosen, node.at));
  return {
    js: `${implemented}(${[`$.given(${js})`, ...parameters].join(', ')})`,
    type: resultType(chosen, target),
  };
}

/** The data says SObject where the answer is of the receiver's own type. */
function resultType(chosen: Candidate, target: Compiled): TypeRef {
  const name = chosen.method.name.toLowerCase();
  if (name === 'clone' || name === 'deepclone')
    return target.type.kind === 'null' ? chosen.returns : target.type;
  return chosen.returns;
}

function invokeSource(
  owner: SourceType,
  chosen: Candidate & { kind: 'source' },
  js: string,
  parameters: readonly string[],
): Compiled {
  const { method } = chosen;
  if (method.isStatic)
    return { js: `${classVariable(owner)}.${method.jsName}(${parameters.join(', ')})`, type: chosen.returns };
  return { js: `${js}.${method.jsName}(${parameters.join(', ')})`, type: chosen.returns };
}

function noSuchMethod(scope: Scope, node: Call, given: readonly Compiled[], type?: TypeRef): never {
  const signature = `${node.name}(${given.map((each) => typeText(each.type)).join(', ')})`;
  return scope.unit.fail(
    node.at,
    `Method does not exist or incorrect signature: ${signature}${type ? ` on ${typeText(type)}` : ''}`,
  );
}
