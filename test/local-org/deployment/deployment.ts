import { MetadataError } from '../database/metadata-xml.ts';
import type { LocalOrg } from '../org.ts';
import { ArchiveError, readArchive, type Archive, type Named } from './archive.ts';
import { compileWith, recordApex, sourcesWith, testDeployment, type TestRun } from './apex-changes.ts';
import { MetadataChanges } from './changes.ts';
import { componentsOf, type Component, type Problem } from './components.ts';

export type TestLevel = 'NoTestRun' | 'RunSpecifiedTests' | 'RunLocalTests' | 'RunAllTestsInOrg';

export interface DeployOptions {
  readonly checkOnly: boolean;
  readonly rollbackOnError: boolean;
  readonly testLevel: TestLevel;
  readonly runTests: readonly string[];
}

export type DeployStatus =
  'Pending' | 'InProgress' | 'Succeeded' | 'SucceededPartial' | 'Failed' | 'Canceled';

/** A part that was made or deleted. */
export interface Success {
  readonly part: Named & { readonly file: string };
  readonly created: boolean;
  readonly deleted: boolean;
}

/** What one pass through a deployment came to. */
interface Outcome {
  readonly problems: readonly Problem[];
  readonly successes: readonly Success[];
  readonly tests: TestRun | null;
}

const APEX = ['ApexClass', 'ApexTrigger'];

/**
 * A deployment on its way. It takes three steps: it is begun, everything in it is tried and taken back, it is done with
 * its tests. All or nothing, unless it says otherwise.
 */
export class Deployment {
  readonly id: string;
  readonly options: DeployOptions;
  readonly createdAt: number;
  readonly userId: string;
  readonly userName: string;
  readonly #org: LocalOrg;
  readonly #zip: Uint8Array;
  status: DeployStatus = 'Pending';
  startedAt: number | null = null;
  endedAt: number | null = null;
  /** Parts that the last step has made, and how many there are. */
  componentsDeployed = 0;
  componentsTotal = 0;
  testsCompleted = 0;
  testsTotal = 0;
  errorMessage: string | null = null;
  outcome: Outcome = { problems: [], successes: [], tests: null };

  constructor(
    org: LocalOrg,
    id: string,
    zip: Uint8Array,
    options: DeployOptions,
    user: { id: string; name: string },
  ) {
    this.#org = org;
    this.id = id;
    this.#zip = zip;
    this.options = options;
    this.userId = user.id;
    this.userName = user.name;
    this.createdAt = org.now();
  }

  get isDone(): boolean {
    return this.endedAt !== null;
  }

  cancel(): void {
    if (!this.isDone) this.#end('Canceled');
  }

  /** Takes the next step. */
  advance(): void {
    if (this.isDone) return;
    if (this.status === 'Pending') {
      this.status = 'InProgress';
      this.startedAt = this.#org.now();
      return;
    }
    try {
      this.#step(readArchive(this.#zip));
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      const problem = { type: '', name: error.fileName, file: error.fileName, message: error.message };
      this.outcome = { problems: [problem], successes: [], tests: null };
      this.#end('Failed');
    }
  }

  #step(archive: Archive): void {
    if (this.componentsTotal === 0) {
      const tried = this.#pass(archive, false);
      this.componentsTotal = tried.problems.length + tried.successes.length;
      this.componentsDeployed = tried.successes.length;
      this.testsTotal = this.#testsWanted();
      return;
    }
    this.outcome = this.#pass(archive, true);
    const { problems, successes, tests } = this.outcome;
    this.componentsDeployed = successes.length;
    this.testsCompleted = tests?.outcomes.length ?? 0;
    this.testsTotal = Math.max(this.testsTotal, this.testsCompleted);
    const isBad = problems.length > 0 || hasFailed(tests);
    this.#end(!isBad ? 'Succeeded' : this.#keepsPart(tests) ? 'SucceededPartial' : 'Failed');
  }

  #end(status: DeployStatus): void {
    this.status = status;
    this.endedAt = this.#org.now();
  }

  /** Some of it may stay where the caller did not ask for all or nothing; never where tests failed. */
  #keepsPart(tests: TestRun | null): boolean {
    return !this.options.rollbackOnError && !hasFailed(tests) && this.outcome.successes.length > 0;
  }

  #testsWanted(): number {
    const { testLevel, runTests } = this.options;
    return testLevel === 'RunSpecifiedTests' ? runTests.length : 0;
  }

  /** Goes through all of it; what it changed stays only where `isReal` and nothing is against it. */
  #pass(archive: Archive, isReal: boolean): Outcome {
    const changes = new MetadataChanges(this.#org);
    const before = { program: this.#org.program, sources: this.#org.sources };
    const { components, problems } = componentsOf(archive);
    const outcome = this.#make(changes, archive, components, problems, isReal);
    this.outcome = outcome;
    const isGood = outcome.problems.length === 0 && !hasFailed(outcome.tests);
    if (isReal && !this.options.checkOnly && (isGood || this.#keepsPart(outcome.tests))) {
      this.#org.store.commit();
      return outcome;
    }
    if (this.#org.program !== before.program) this.#org.replaceProgram(before.program, before.sources);
    changes.takeBack();
    return outcome;
  }

  #make(
    changes: MetadataChanges,
    archive: Archive,
    components: readonly Component[],
    found: readonly Problem[],
    isReal: boolean,
  ): Outcome {
    const problems = [...found];
    const made: Component[] = [];
    for (const part of components.filter((each) => !APEX.includes(each.type))) {
      try {
        changes.make(part);
        made.push(part);
      } catch (error) {
        if (!(error instanceof MetadataError)) throw error;
        problems.push({ type: part.type, name: part.name, file: part.file, message: error.problem });
      }
    }
    const deleted = this.#delete(changes, archive.deleted, problems);
    const apex = components.filter((part) => APEX.includes(part.type));
    for (const part of apex)
      if (this.#apexMissing(part) !== null) changes.created.add(`${part.type}.${part.name}`);
    const tests = this.#apex(apex, deleted, problems, isReal);
    const bad = new Set(problems.map((problem) => `${problem.type}.${problem.name}`));
    const good = [...made, ...apex].filter((part) => !bad.has(`${part.type}.${part.name}`));
    const successes: Success[] = [
      ...good.map((part) => ({
        part,
        created: changes.created.has(`${part.type}.${part.name}`),
        deleted: false,
      })),
      ...deleted.map((part) => ({
        part: { ...part, file: 'destructiveChanges.xml' },
        created: false,
        deleted: true,
      })),
    ];
    return { problems, successes, tests };
  }

  #delete(changes: MetadataChanges, named: readonly Named[], problems: Problem[]): Named[] {
    return named.filter((part) => {
      const problem =
        part.type === 'CustomField'
          ? changes.deleteField(part)
          : APEX.includes(part.type)
            ? this.#apexMissing(part)
            : `Deleting components of type ${part.type} is not supported by the local org`;
      if (problem === null) return true;
      problems.push({ ...part, file: 'destructiveChanges.xml', message: problem });
      return false;
    });
  }

  #apexMissing({ type, name }: Named): string | null {
    const [row] = this.#org.store.findBy(type, 'Name', name);
    return row ? null : `No ${type} named: ${name} found`;
  }

  /** Compiles and tests what the org's Apex becomes. Without all or nothing, parts that do not compile are left out. */
  #apex(
    parts: readonly Component[],
    deleted: readonly Named[],
    problems: Problem[],
    isReal: boolean,
  ): TestRun | null {
    const org = this.#org;
    const gone = deleted.filter((part) => APEX.includes(part.type));
    const { testLevel, runTests } = this.options;
    // A field that is deleted may be one that a class reads.
    if (parts.length + deleted.length === 0 && testLevel === 'NoTestRun') return null;
    const hasTests = testLevel !== 'NoTestRun';
    let kept = [...parts];
    let compiled = compileWith(org, sourcesWith(org, kept, gone), parts, hasTests);
    if (Array.isArray(compiled)) {
      problems.push(...compiled);
      if (this.options.rollbackOnError) return null;
      const bad = new Set(compiled.map((problem) => problem.file));
      kept = kept.filter((part) => !bad.has(part.file));
      compiled = compileWith(org, sourcesWith(org, kept, gone), kept, hasTests);
      if (Array.isArray(compiled)) return null;
    }
    org.replaceProgram(compiled, sourcesWith(org, kept, gone));
    recordApex(org, kept, gone);
    if (!isReal || !hasTests || (problems.length > 0 && this.options.rollbackOnError)) return null;
    const tests = testDeployment(org, testLevel === 'RunSpecifiedTests' ? runTests : null, kept);
    for (const name of testLevel === 'RunSpecifiedTests' ? runTests : [])
      if (!tests.outcomes.some((each) => each.className.toLowerCase() === name.toLowerCase()))
        problems.push({
          type: 'ApexClass',
          name,
          file: '',
          message: `The test class name ${name} is invalid. Provide the name of an Apex class with test methods.`,
        });
    return tests;
  }
}

/** Coverage counts where tests were named; a failed test always does. */
function hasFailed(tests: TestRun | null): boolean {
  return (
    tests !== null && (tests.warnings.length > 0 || tests.outcomes.some((each) => each.failure !== null))
  );
}
