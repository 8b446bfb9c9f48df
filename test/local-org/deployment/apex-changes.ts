import { sourceKey, type LocalOrg } from '../org.ts';
import { runTests, type TestOutcome } from '../execution/tests.ts';
import type { CompiledProgram, FileCoverage, SourceText } from '../language/program.ts';
import { SourceError } from '../values/object.ts';
import type { Named } from './archive.ts';
import type { Component, Problem } from './components.ts';
import { put } from './permission-sets.ts';
import { triggerRecord } from '../trigger-records.ts';

/** Share of a class's or trigger's lines that the tests of its deployment have to run. */
const COVERAGE = 0.75;

/** What the tests of a deployment came to. */
export interface TestRun {
  readonly outcomes: readonly TestOutcome[];
  /** Of the classes and triggers of the org that are no tests. */
  readonly coverage: readonly FileCoverage[];
  /** Parts that too few lines of were run: file and what is wrong. */
  readonly warnings: readonly { readonly name: string; readonly message: string }[];
}

const fileOf = ({ type, name }: Named): string =>
  type === 'ApexClass' ? `classes/${name}.cls` : `triggers/${name}.trigger`;

/** The Apex that an org would have with these parts and without those. */
export function sourcesWith(
  org: LocalOrg,
  parts: readonly Component[],
  deleted: readonly Named[],
): Map<string, SourceText> {
  const sources = new Map(org.sources);
  for (const part of deleted) sources.delete(sourceKey(fileOf(part)));
  for (const part of parts) sources.set(sourceKey(part.file), { path: part.file, text: part.source });
  return sources;
}

/** Compiles; where that fails, what is wrong with which part of the deployment or of the org. */
export function compileWith(
  org: LocalOrg,
  sources: ReadonlyMap<string, SourceText>,
  parts: readonly Component[],
  coverage: boolean,
): CompiledProgram | Problem[] {
  try {
    return org.compiled([...sources.values()], coverage);
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    return error.errors.flatMap((each: unknown) =>
      each instanceof SourceError ? [problemOf(each, parts)] : [],
    );
  }
}

function problemOf(error: SourceError, parts: readonly Component[]): Problem {
  const own = parts.find((part) => part.file === error.file);
  const message = error.message.replace(`${error.file}:${error.line}:${error.column} `, '');
  const isTrigger = error.file.endsWith('.trigger');
  const name = sourceName(error.file);
  return {
    type: own?.type ?? (isTrigger ? 'ApexTrigger' : 'ApexClass'),
    name: own?.name ?? name,
    file: own?.file ?? `${isTrigger ? 'triggers' : 'classes'}/${sourceFile(error.file)}`,
    line: error.line,
    column: error.column,
    message: own
      ? message
      : `Dependent ${isTrigger ? 'trigger' : 'class'} is invalid and needs recompilation:\n ${name}: line ${error.line}, column ${error.column}: ${message}`,
  };
}

const sourceFile = (file: string): string => file.split('/').at(-1) ?? file;
export const sourceName = (file: string): string => sourceFile(file).replace(/\.(?:cls|trigger)$/, '');

/** Runs test classes on data of their own, and looks at how much of the deployed parts they ran. */
export function testDeployment(
  org: LocalOrg,
  classes: readonly string[] | null,
  parts: readonly Component[],
): TestRun {
  const outcomes = org.isolated(() => runTests(org, classes === null ? {} : { classes }));
  const tests = new Set(
    [...org.program.classes.values()].filter((info) => info.isTest).map((info) => info.file),
  );
  const coverage = org.program.coverage().filter(({ file, lines }) => !tests.has(file) && lines.size > 0);
  const warnings = coverage.flatMap(({ file, lines }) => {
    const part = parts.find((each) => each.file === file);
    const run = [...lines.values()].filter((count) => count > 0).length / lines.size;
    if (!part || run >= COVERAGE) return [];
    const what = part.type === 'ApexTrigger' ? 'Apex Trigger' : 'Apex Class';
    return [
      {
        name: part.name,
        message: `Test coverage of selected ${what} is ${Math.floor(run * 100)}%, at least ${COVERAGE * 100}% test coverage is required`,
      },
    ];
  });
  return { outcomes, coverage, warnings };
}

/** Keeps the records that stand for classes and triggers in step with the program. */
export function recordApex(org: LocalOrg, parts: readonly Component[], deleted: readonly Named[]): void {
  for (const { type, name } of deleted)
    for (const row of org.store.findBy(type, 'Name', name)) org.store.remove(type, String(row.get('id')));
  for (const { type, name } of parts) {
    const trigger = org.program.triggers.find((each) => each.name.toLowerCase() === name.toLowerCase());
    const values = trigger ? triggerRecord(org, trigger) : { name, status: 'Active' };
    const [row] = org.store.findBy(type, 'Name', name);
    if (row) org.store.put(type, String(row.get('id')), new Map([...row, ...Object.entries(values)]));
    else put(org, type, values);
  }
}
