import { z } from 'zod';
import type { Task } from './tasks.ts';
import type { ProjectProgress } from './vitest-progress.ts';

/** Milliseconds between lines where nobody sees the last one change. */
const LINE_INTERVAL_MS = 15_000;
const LIVE_INTERVAL_MS = 1000;

const progressSchema: z.ZodType<ProjectProgress> = z.object({
  project: z.string(),
  files: z.int(),
  done: z.int(),
  passed: z.int(),
  failed: z.int(),
});

/** Shows on the terminal what runs and how far it is. */
export class Progress {
  readonly #started = Date.now();
  readonly #running = new Map<string, Task>();
  readonly #projects = new Map<string, ProjectProgress>();
  readonly #isLive = process.stdout.isTTY;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(
      () => {
        this.#show();
      },
      this.#isLive ? LIVE_INTERVAL_MS : LINE_INTERVAL_MS,
    );
  }

  begin(task: Task): void {
    this.#running.set(task.name, task);
  }

  /** Takes what a task told of its progress. */
  tell(message: unknown): void {
    const progress = progressSchema.parse(message);
    this.#projects.set(progress.project, progress);
  }

  /** Says what became of a task, in a line that stays. */
  end(task: Task, outcome: string): void {
    this.#running.delete(task.name);
    this.#say(`${this.#time()}  ${task.name}: ${outcome}`);
  }

  #say(line: string): void {
    if (this.#isLive) process.stdout.write('\r\u001B[K');
    console.log(line);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#isLive) process.stdout.write('\r\u001B[K');
  }

  #show(): void {
    if (this.#running.size === 0) return;
    const projects = [...this.#projects.values()].filter(({ done, files }) => done < files);
    const far = projects.map(({ project, done, files }) => `${project} ${done}/${files} files`);
    const sum = (of: 'passed' | 'failed'): number =>
      [...this.#projects.values()].reduce((total, progress) => total + progress[of], 0);
    const tests = `${sum('passed')} tests passed${sum('failed') > 0 ? `, ${sum('failed')} failed` : ''}`;
    // What tells how far it is stands there by its projects.
    const others = [...this.#running.values()]
      .filter(({ tells }) => !tells || projects.length === 0)
      .map(({ name }) => name);
    const line = [this.#time(), ...far, tests, ...others].join(' · ');
    if (this.#isLive) process.stdout.write(`\r\u001B[K${line.slice(0, process.stdout.columns - 1)}`);
    else console.log(line);
  }

  #time(): string {
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
