import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { COMPILED_FLAGS, compiledProgram } from '../../../scripts/programs/compiled-program.ts';
import { freePort } from './free-port.ts';
import { ADMIN } from './test-server.ts';

const MAIN = path.join(import.meta.dirname, '../../../server/src/main.ts');
export const TEST_KEYS = `test:${Buffer.alloc(32, 'k').toString('base64')}`;

/** The server in a process of its own, as it runs in production. */
export class ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it has written. */
  output = '';
  readonly #ended: Promise<void>;

  private constructor(port: number, program: string, environment: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.child = spawn(process.execPath, [...COMPILED_FLAGS, program], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        PORT: String(port),
        ADMIN_TOKEN: ADMIN,
        ENCRYPTION_KEYS: TEST_KEYS,
        LOG_LEVEL: 'info',
        ...environment,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    this.#ended = once(this.child, 'close').then(() => undefined);
  }

  /** @param program another one than the server's own */
  static async start(environment: Readonly<Record<string, string>>, program = MAIN): Promise<ServerProcess> {
    return new ServerProcess(await freePort(), await compiledProgram(program), environment);
  }

  /** Waits until it is ready; rejects where it ends before. */
  async ready(): Promise<this> {
    for (;;) {
      const answer = await fetch(`${this.url}/ready`).catch(() => null);
      if (answer?.ok === true) return this;
      if (this.child.exitCode !== null) throw new Error(`The server ended: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits for its end; answers its exit code, or the name of the signal that killed it. */
  async ended(): Promise<number | string | null> {
    await this.#ended;
    return this.child.exitCode ?? this.child.signalCode;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.isRunning) this.child.kill(signal);
    await this.#ended;
  }
}
