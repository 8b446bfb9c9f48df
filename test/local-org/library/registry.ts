import type { ApexValue } from '../values/object.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- the compiler has checked every argument against the
   platform's own signature before such a function is called; a wrong type here would be its fault, not a caller's */

/** A method's implementation: `(receiver, ...arguments)` for an instance method, `(...arguments)` for a static. */
export type PlatformFunction = (...parameters: any[]) => ApexValue | undefined | void; // eslint-disable-line @typescript-eslint/no-invalid-void-type -- a method without a result is written as one

/**
 * One platform class in JavaScript. Signatures, and so overloads and types, come from the platform-types data;
 * only what is listed here can be called, and the compiler refuses the rest at load time, naming it.
 * A key is the method's name, then its number of parameters: `substring/2`; where overloads of the same number need
 * different code, the types decide: `valueOf(System.Datetime)` is looked for before `valueOf/1`.
 * Keys are matched without regard to case. A property is a static or instance getter `name` and setter `name=`.
 */
export interface PlatformClass {
  readonly name: string;
  readonly constructors?: Readonly<Record<string, PlatformFunction>>;
  readonly statics?: Readonly<Record<string, PlatformFunction>>;
  readonly methods?: Readonly<Record<string, PlatformFunction>>;
  readonly staticProperties?: Readonly<Record<string, PlatformFunction>>;
  readonly properties?: Readonly<Record<string, PlatformFunction>>;
  /** For an enum of the platform: its constants in order. */
  readonly enumValues?: readonly string[];
}

const classes = new Map<string, PlatformClass>();
/** Adds a class that is asked for and not there, where it can be made of its signatures alone. */
let register: ((name: string) => void) | null = null;

export function registerOnDemand(add: (name: string) => void): void {
  register = add;
}

const additions = new Map<string, Record<string, PlatformFunction>>();

/** Adds a class. Each file of the library calls this once for each class it holds. */
export function platformClass(definition: PlatformClass): void {
  const key = definition.name.toLowerCase();
  if (classes.has(key)) throw new Error(`${definition.name} is in the library twice.`);
  classes.set(key, definition);
}

/** Adds static methods to a class that another file holds: System is spoken of in several places. */
export function addStatics(name: string, statics: Readonly<Record<string, PlatformFunction>>): void {
  additions.set(name.toLowerCase(), { ...additions.get(name.toLowerCase()), ...statics });
}

export function findPlatformClass(name: string): PlatformClass | undefined {
  const key = name.toLowerCase();
  if (!classes.has(key)) register?.(name);
  const found = classes.get(key);
  const added = additions.get(key);
  if (!found || !added) return found;
  const whole = { ...found, statics: { ...found.statics, ...added } };
  classes.set(key, whole);
  additions.delete(key);
  return whole;
}
