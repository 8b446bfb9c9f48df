import type { TypeRef } from './type-ref.ts';

/** Anything an Apex variable of type Object can hold. See the README for how each Apex type is represented. */
export type ApexValue = null | boolean | number | bigint | string | ApexReference;

/** Whatever is not a JavaScript primitive: instances of classes, collections, sObjects, decimals, dates, blobs … */
export interface ApexReference {
  /** The value's own type at run time, generics included. */
  readonly $type: TypeRef;
  toString(): string;
}

/** A declared class, interface, enum or the shape of a platform class that Apex code extends. */
export interface ClassInfo {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly type: TypeRef;
  readonly superclass: ClassInfo | null;
  /** Every interface implemented, inherited ones included, generics resolved. */
  readonly interfaces: readonly TypeRef[];
  readonly isAbstract: boolean;
  readonly isTest: boolean;
  readonly sharing: 'with' | 'without' | 'inherited' | 'unspecified';
  readonly fields: readonly FieldInfo[];
  readonly methods: readonly MethodInfo[];
  /** Enum constants in order; empty for the rest. */
  readonly enumValues: readonly ApexReference[];
  /** Runs the constructor that takes no argument. Throws TypeException where there is none. */
  newInstance(): ApexReference;
  /** The instance without its constructor run, fields initialised: what JSON.deserialize starts from. */
  allocate(): ApexReference;
  readonly file: string;
  readonly line: number;
}

export interface FieldInfo {
  readonly name: string;
  readonly type: TypeRef;
  readonly isStatic: boolean;
  readonly isTransient: boolean;
  readonly isProperty: boolean;
  readonly access: 'private' | 'protected' | 'public' | 'global';
  /** Names in lower case. */
  readonly annotations: ReadonlySet<string>;
  /** Reads from and writes to an instance (null for a static). */
  get(instance: ApexReference | null): ApexValue;
  set(instance: ApexReference | null, value: ApexValue): void;
}

export interface MethodInfo {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: TypeRef }[];
  readonly returns: TypeRef;
  readonly isStatic: boolean;
  readonly isTest: boolean;
  readonly isTestSetup: boolean;
  readonly access: 'private' | 'protected' | 'public' | 'global';
  readonly annotations: ReadonlyMap<string, ReadonlyMap<string, string>>;
  invoke(instance: ApexReference | null, parameters: readonly ApexValue[]): ApexValue;
  readonly line: number;
}

export interface TriggerInfo {
  readonly name: string;
  readonly object: string;
  /** `before insert`, `after undelete` … in lower case, one space. */
  readonly events: ReadonlySet<string>;
  /** Reads its Trigger.* from the current transaction. */
  run(): void;
  readonly file: string;
}

/** What the compiler makes of a source tree. Names are looked up without regard to case. */
export interface Program {
  readonly classes: ReadonlyMap<string, ClassInfo>;
  readonly triggers: readonly TriggerInfo[];
  /** Runs statements as `executeAnonymous` does. Throws SourceError where they do not compile. */
  executeAnonymous(source: string): void;
  /** Sets every static back to its initial value, as a new transaction finds it. */
  resetStatics(): void;
  /** Static state of the running transaction, to be put aside when another runs in between, and put back. */
  saveStatics(): unknown;
  restoreStatics(saved: unknown): void;
}

/** Source that does not compile or uses what the local org does not support. */
export class SourceError extends Error {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  constructor(file: string, line: number, column: number, message: string) {
    super(`${file}:${line}:${column} ${message}`);
    this.name = 'SourceError';
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
