import type { TypeRef } from '../../values/type-ref.ts';
import { platformNameOf, platformType, readPlatformType } from './platform-types.ts';
import type { TypeResolver } from './resolver.ts';

/** What an expression has: a type, or the type of `null`, which goes everywhere. */
export type ExpressionType = TypeRef | { readonly kind: 'null' };

export const OBJECT: TypeRef = { kind: 'primitive', name: 'Object' };
export const STRING: TypeRef = { kind: 'primitive', name: 'String' };
export const INTEGER: TypeRef = { kind: 'primitive', name: 'Integer' };
export const BOOLEAN: TypeRef = { kind: 'primitive', name: 'Boolean' };
export const ID: TypeRef = { kind: 'primitive', name: 'Id' };
export const VOID: TypeRef = { kind: 'void' };
export const NULL: ExpressionType = { kind: 'null' };
export const SOBJECT: TypeRef = { kind: 'sobject', name: null };

const NUMBERS = ['Integer', 'Long', 'Double', 'Decimal'];

export function isPrimitive(type: ExpressionType, ...names: string[]): boolean {
  return type.kind === 'primitive' && (names.length === 0 || names.includes(type.name));
}

export function isNumber(type: ExpressionType): boolean {
  return isPrimitive(type, ...NUMBERS);
}

export function sameType(left: ExpressionType, right: ExpressionType): boolean {
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case 'primitive':
    case 'sobject':
    case 'class':
      return left.name === (right as typeof left).name;
    case 'list':
    case 'set':
      return sameType(left.element, (right as typeof left).element);
    case 'map':
      return (
        sameType(left.key, (right as typeof left).key) && sameType(left.value, (right as typeof left).value)
      );
    case 'platform': {
      const other = right as typeof left;
      return (
        left.name === other.name &&
        left.arguments.every((each, index) => sameType(each, other.arguments[index] ?? OBJECT))
      );
    }
    default:
      return true;
  }
}

/** The wider of two number types: Integer, Long, Double, Decimal. */
export function widerNumber(left: ExpressionType, right: ExpressionType): TypeRef {
  const rank = (type: ExpressionType) => (type.kind === 'primitive' ? NUMBERS.indexOf(type.name) : -1);
  return (rank(left) >= rank(right) ? left : right) as TypeRef;
}

/**
 * How far a value of one type is from another that it converts to without a cast: 0 is the same type, Infinity is no
 * conversion. Overloads are chosen by the smallest sum.
 */
export class Conversions {
  readonly #resolver: TypeResolver;

  constructor(resolver: TypeResolver) {
    this.#resolver = resolver;
  }

  distance(from: ExpressionType, to: TypeRef): number {
    if (from.kind === 'null') return isPrimitive(to, 'Object') ? 2 : 1;
    if (sameType(from, to)) return 0;
    if (isPrimitive(to, 'Object')) return from.kind === 'void' ? Infinity : 100;
    if (from.kind === 'primitive' && to.kind === 'primitive') return primitiveDistance(from.name, to.name);
    if (from.kind === 'sobject' && to.kind === 'sobject')
      return to.name === null ? 10 : from.name === null ? 40 : Infinity;
    if (from.kind === 'list' && to.kind === 'list') return this.#elements(from.element, to.element);
    if (from.kind === 'set' && to.kind === 'set') return this.#elements(from.element, to.element);
    if (from.kind === 'map' && to.kind === 'map')
      return this.#elements(from.key, to.key) + this.#elements(from.value, to.value);
    return sameBase(from, to) ? this.#base(from, to) : this.#inherited(from, to);
  }

  /** The type that both convert to. */
  common(left: ExpressionType, right: ExpressionType): ExpressionType {
    if (left.kind === 'null') return right;
    if (right.kind === 'null') return left;
    if (isNumber(left) && isNumber(right)) return widerNumber(left, right);
    if (this.distance(right, left) < Infinity) return left;
    if (this.distance(left, right) < Infinity) return right;
    return OBJECT;
  }

  /** The types a type extends or implements directly, generics filled in. */
  parents(type: TypeRef): TypeRef[] {
    if (type.kind === 'class') {
      const source = this.#resolver.sourceType(type.name);
      return source ? [...(source.superclass ? [source.superclass] : []), ...source.interfaces] : [];
    }
    const found = platformType(platformNameOf(type));
    if (!found) return [];
    const substitutions = new Map(
      found.typeParameters.map((name, index) => [name, argumentsOf(type)[index] ?? OBJECT]),
    );
    return [...(found.superclass ? [found.superclass] : []), ...found.interfaces].map((name) =>
      readPlatformType(name, substitutions),
    );
  }

  /** Collections of sObjects convert both ways; of anything else, towards what the elements convert to. */
  #elements(from: TypeRef, to: TypeRef): number {
    if (from.kind === 'sobject' && to.kind === 'sobject') return from.name === to.name ? 0 : 15;
    // A list of anything is nearer to a list of objects than to an object.
    if (isPrimitive(to, 'Object')) return sameType(from, to) ? 0 : 50;
    const distance = this.distance(from, to);
    return isPrimitive(from) && isPrimitive(to) && !sameType(from, to) && !isIdAndString(from, to)
      ? Infinity
      : distance;
  }

  /** `Iterable<SObject>` for `Iterable<Contact>` and the other way: the arguments have to convert in one direction. */
  #base(from: TypeRef, to: TypeRef): number {
    const others = argumentsOf(to);
    const isNear = argumentsOf(from).every((each, index) => {
      const other = others[index] ?? OBJECT;
      return Math.min(this.distance(each, other), this.distance(other, each)) < Infinity;
    });
    return isNear ? 20 : Infinity;
  }

  #inherited(from: TypeRef, to: TypeRef): number {
    let best = Infinity;
    for (const parent of this.parents(from)) {
      const distance = sameType(parent, to)
        ? 0
        : sameBase(parent, to)
          ? this.#base(parent, to)
          : this.#inherited(parent, to);
      best = Math.min(best, distance + 1);
    }
    return best;
  }
}

function sameBase(left: ExpressionType, right: ExpressionType): boolean {
  return left.kind === 'platform' && right.kind === 'platform' && left.name === right.name;
}

export function argumentsOf(type: TypeRef): readonly TypeRef[] {
  switch (type.kind) {
    case 'list':
    case 'set':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'platform':
      return type.arguments;
    default:
      return [];
  }
}

function isIdAndString(left: TypeRef, right: TypeRef): boolean {
  return isPrimitive(left, 'Id', 'String') && isPrimitive(right, 'Id', 'String');
}

function primitiveDistance(from: string, to: string): number {
  const fromRank = NUMBERS.indexOf(from);
  const toRank = NUMBERS.indexOf(to);
  if (fromRank >= 0 && toRank > fromRank) return toRank - fromRank;
  // A Decimal is also taken where a Double is asked for: `Double rate = 2.5;`.
  if (from === 'Decimal' && to === 'Double') return 2;
  if (from === 'Id' && to === 'String') return 3;
  if (from === 'String' && to === 'Id') return 4;
  if (from === 'Date' && to === 'Datetime') return 5;
  return Infinity;
}
