import type { SourceType } from '../language/types/symbols.ts';
import type { LinkedClass } from '../language/link.ts';
import { describedType } from '../library/types.ts';
import { addStatics } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { platformException, throwNull } from '../values/exception.ts';
import { byNumber, isSourceObject, signatureOf, type DispatchTable } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { typeName, type TypeRef } from '../values/type-ref.ts';
import { ApexType } from '../values/type-value.ts';
import { current } from './transaction.ts';

const TYPE: TypeRef = { kind: 'platform', name: 'System.Type', arguments: [] };
const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const OBJECT: TypeRef = { kind: 'primitive', name: 'Object' };

type Method = (...parameters: ApexValue[]) => ApexValue;

/**
 * Test.createStub: an object of the class whose methods ask the provider instead of running. Static and private
 * methods, constructors and properties are not stubbed. (Apex Developer Guide, Build a Mocking Framework.)
 */
function createStub(type: ApexValue, provider: ApexValue): ApexReference {
  const described = describedType(type);
  const { runtime } = current().org.program;
  const linked = described.kind === 'class' ? runtime.findClass(described.name) : undefined;
  if (!linked || linked.info.kind === 'enum')
    throw platformException('System.TypeException', `${typeName(described)} cannot be stubbed`);
  const handle = isSourceObject(provider) ? provider.$methods['handlemethodcall/6'] : undefined;
  if (!isSourceObject(provider) || !handle) return throwNull();
  const stub = linked.info.allocate();
  const table: Record<string, Method> = {};
  const members = new Map<string, PropertyDescriptor>();
  for (const source of ancestors(linked)) {
    for (const method of [...source.methods.values()].flat()) {
      const key = signatureOf(
        method.name,
        method.parameters.map((each) => each.type),
      );
      const isInInterface = source.declaration.kind === 'interface';
      if (method.isStatic || (!isInInterface && isPrivate(method.node.modifiers.words))) continue;
      const run: Method = (...parameters) => {
        const answer = handle.call(
          provider,
          stub,
          method.name,
          method.returns.kind === 'void' ? null : new ApexType(method.returns),
          new ApexList(
            TYPE,
            method.parameters.map((each) => new ApexType(each.type)),
          ),
          new ApexList(
            STRING,
            method.parameters.map((each) => each.name),
          ),
          new ApexList(OBJECT, parameters),
        );
        return method.returns.kind === 'void' ? null : runtime.cast(answer, method.returns);
      };
      if (!members.has(method.jsName)) members.set(method.jsName, { value: run });
      table[key] ??= run;
      table[byNumber(key)] ??= run;
    }
  }
  // toString, equals and hashCode that the class does not declare stay the object's own.
  const own: DispatchTable = isSourceObject(stub) ? stub.$methods : {};
  Object.defineProperties(stub, {
    ...Object.fromEntries(members),
    $methods: { value: { ...own, ...table } },
    $isStub: { value: true },
  });
  return stub;
}

function isPrivate(words: readonly string[]): boolean {
  return !words.some((word) => ['public', 'global', 'protected'].includes(word));
}

/** The class, what it extends and every interface of theirs that the source declares. */
function ancestors(linked: LinkedClass): SourceType[] {
  const { runtime } = current().org.program;
  const types: SourceType[] = [];
  for (let at: LinkedClass | undefined = linked; at;) {
    types.push(at.source);
    const parent: string | undefined = at.info.superclass?.name;
    at = parent === undefined ? undefined : runtime.findClass(parent);
  }
  const interfaces = linked.info.interfaces.flatMap((each) => {
    const found = each.kind === 'class' ? runtime.findClass(each.name) : undefined;
    return found ? [found.source] : [];
  });
  return [...types, ...interfaces];
}

addStatics('System.Test', { 'createStub/2': createStub });
