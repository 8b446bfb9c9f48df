import vm from 'node:vm';
import type { OrgSchema } from '../database/schema.ts';
import { SourceError, type ClassInfo, type Program, type TriggerInfo } from '../values/object.ts';
import type { SourceFile } from './syntax/ast.ts';
import { parseAnonymous, parseFile } from './syntax/parse.ts';
import { Conversions } from './types/conversions.ts';
import { TypeResolver } from './types/resolver.ts';
import type { SourceType } from './types/symbols.ts';
import { declareMembers, declareTypes, resolveParents } from './compiler/declare.ts';
import { typeCode } from './compiler/declarations.ts';
import { Scope, Unit, type ProgramContext } from './compiler/context.ts';
import { Output } from './compiler/output.ts';
import { statements } from './compiler/statements.ts';
import { VOID } from './types/conversions.ts';
import { bridgeInterfaces } from './dispatch.ts';
import { linkClasses, type LinkedClass } from './link.ts';
import { Unsupported } from '../values/unsupported.ts';
import { createRuntime, type Runtime } from './runtime/runtime.ts';

/** A file of source with where it came from. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface CompileOptions {
  /** Count how often each line runs. */
  readonly coverage?: boolean;
  /** What is done with source that does not compile; `unsupported` unless said. */
  readonly lenience?: Lenience;
}

/**
 * Which faults do not keep a program from being made, but are thrown where they are reached: none; what the local org does
 * not support; or everything, wrong names too, for a look at source whose every part cannot be had.
 */
export type Lenience = 'none' | 'unsupported' | 'everything';

/** How often each line of a file ran; lines that hold no statement are not in it. */
export interface FileCoverage {
  readonly file: string;
  readonly lines: ReadonlyMap<number, number>;
}

export interface CompiledProgram extends Program {
  readonly runtime: Runtime;
  /** What is thrown where it is reached. */
  readonly refusals: readonly SourceError[];
  coverage(): FileCoverage[];
}

/**
 * Compiles classes and triggers into one program. Throws AggregateError of SourceError with everything that is wrong and
 * that the lenience does not let pass.
 */
export function compile(
  files: readonly SourceText[],
  schema: OrgSchema,
  options: CompileOptions = {},
): CompiledProgram {
  const errors: SourceError[] = [];
  const trees = parseAll(files, errors);
  const types = declareAll(trees, schema, errors);
  const resolver = new TypeResolver(types, schema);
  const context: ProgramContext = {
    schema,
    types,
    resolver,
    conversions: new Conversions(resolver),
    errors,
    coverage: options.coverage ?? false,
  };
  const units = trees.map(({ path, tree }) => unitCode(context, path, tree));
  refuse(errors, options.lenience ?? 'unsupported');
  return assemble(context, units);
}

function refuse(errors: readonly SourceError[], lenience: Lenience): void {
  if (errors.length === 0 || lenience === 'everything') return;
  if (lenience === 'unsupported' && errors.every((error) => error instanceof Unsupported)) return;
  throw new AggregateError(errors, errors.map((error) => error.message).join('\n'));
}

function collect<T>(errors: SourceError[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    errors.push(error);
    return undefined;
  }
}

interface Tree {
  readonly path: string;
  readonly tree: SourceFile;
}

function parseAll(files: readonly SourceText[], errors: SourceError[]): Tree[] {
  return files.flatMap(({ path, text }) => {
    const tree = collect(errors, () => parseFile(path, text));
    return tree ? [{ path, tree }] : [];
  });
}

function declareAll(
  trees: readonly Tree[],
  schema: OrgSchema,
  errors: SourceError[],
): Map<string, SourceType> {
  const types = new Map<string, SourceType>();
  for (const { path, tree } of trees) {
    if (tree.kind === 'type') collect(errors, () => declareTypes(path, tree.declaration, types));
  }
  const resolver = new TypeResolver(types, schema);
  for (const type of types.values()) resolveParents({ resolver, errors }, type);
  for (const type of types.values()) declareMembers({ resolver, errors }, type);
  return types;
}

interface UnitCode {
  readonly unit: Unit;
  readonly tree: SourceFile;
  readonly script: vm.Script;
}

/** Every unit is a function of the runtime and its own constants; a trigger or anonymous block answers one more, to run. */
function unitCode(context: ProgramContext, file: string, tree: SourceFile): UnitCode {
  const unit = new Unit(context, file);
  const output = new Output();
  output.here('(function ($, C, k, t, q, n, h, r) { "use strict";');
  if (tree.kind === 'type') {
    const type = context.types.get(tree.declaration.name.toLowerCase());
    if (type) typeCode(unit, output, type);
  } else {
    const isTrigger = tree.kind === 'trigger';
    const scope = new Scope(unit, {
      owner: null,
      isStatic: true,
      returns: VOID,
      triggerObject: isTrigger ? tree.object : null,
    });
    output.here(`return function ${isTrigger ? `$trigger$$${tree.name}` : '$anonymous'}() {`);
    statements(scope, output, tree.body.statements);
    output.here('};');
  }
  output.here('})');
  return { unit, tree, script: scriptOf(file, output.toString()) };
}

function scriptOf(file: string, code: string): vm.Script {
  try {
    return new vm.Script(code, { filename: `apex:${file}` });
  } catch (error) {
    // The code is this compiler's, and so is the fault.
    throw new Error(`The local org failed to compile ${file}`, { cause: error });
  }
}

function assemble(context: ProgramContext, units: readonly UnitCode[]): CompiledProgram {
  const runtime = createRuntime(context.schema);
  const classes = linkClasses(context, runtime);
  const counters = new Map<string, Uint32Array>();
  const triggers: TriggerInfo[] = [];
  for (const { unit, tree, script } of units) {
    const run = evaluate(script, unit, runtime, classes, counters);
    if (tree.kind === 'trigger' && run) {
      triggers.push({
        name: tree.name,
        object: tree.object,
        events: new Set(tree.events),
        run,
        file: unit.file,
      });
    }
  }
  for (const each of classes) bridgeInterfaces(context, each.source, each.constructor);
  runtime.link(classes);
  return {
    runtime,
    refusals: context.errors,
    classes: new Map<string, ClassInfo>(classes.map((each) => [each.info.name.toLowerCase(), each.info])),
    triggers,
    executeAnonymous: (source) => {
      const anonymousContext: ProgramContext = { ...context, errors: [], coverage: false };
      const { unit, script } = unitCode(anonymousContext, 'AnonymousBlock', parseAnonymous(source));
      const [first] = anonymousContext.errors;
      if (first) throw first;
      evaluate(script, unit, runtime, classes, counters)?.();
    },
    resetStatics: () => {
      runtime.resetStatics();
    },
    saveStatics: () => runtime.saveStatics(),
    restoreStatics: (saved) => {
      runtime.restoreStatics(saved);
    },
    coverage: () =>
      units.map(({ unit }) => ({
        file: unit.file,
        lines: new Map(
          [...unit.executableLines]
            .sort((a, b) => a - b)
            .map((line) => [line, counters.get(unit.file)?.[line] ?? 0]),
        ),
      })),
  };
}

function evaluate(
  script: vm.Script,
  unit: Unit,
  runtime: Runtime,
  classes: readonly LinkedClass[],
  counters: Map<string, Uint32Array>,
): (() => void) | undefined {
  const lines = new Uint32Array(Math.max(0, ...unit.executableLines) + 1);
  counters.set(unit.file, lines);
  const { functions, types, queries, refusals } = unit.constants;
  const factory = script.runInThisContext() as (...parameters: unknown[]) => (() => void) | undefined;
  return factory(
    runtime,
    classes.map((each) => each.constructor),
    functions,
    types,
    queries,
    lines,
    {},
    (index: number): never => {
      throw refusals[index] ?? new Error(`There is no refusal ${index}.`);
    },
  );
}
