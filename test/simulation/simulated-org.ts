import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { COMPILED_FLAGS, compiledProgram } from '../../scripts/programs/compiled-program.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import type { ApexOutcome, OrgAnswer, OrgOrder, OrgOrders, OrgRecord } from './org-orders.ts';

const MAIN = path.join(import.meta.dirname, 'org-process.ts');

/** A local org in a process of its own, that moves only when it is told to. */
export class SimulatedOrg {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #next = 1;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    child.on('message', (answer: OrgAnswer) => {
      if ('url' in answer) return;
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if ('error' in answer) asked?.reject(new Error(answer.error));
      else asked?.resolve(answer.value);
    });
    child.once('exit', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('The org has ended.'));
    });
  }

  /** @param remoteSite the address that Apex may call out to */
  static async start(now: number, remoteSite: string, sources: readonly string[]): Promise<SimulatedOrg> {
    const child = fork(await compiledProgram(MAIN), [String(now), remoteSite, ...sources], {
      execArgv: COMPILED_FLAGS,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.once('message', (answer: OrgAnswer) => {
        if ('url' in answer) resolve(answer.url);
      });
      child.once('exit', (code) => {
        reject(new Error(`The org ended with code ${code ?? 'none'} before it was ready.`));
      });
    });
    return new SimulatedOrg(child, url);
  }

  /** Gives the org's process an order, and waits for its answer. */
  order<N extends keyof OrgOrders>(
    name: N,
    ...parameters: Parameters<OrgOrders[N]>
  ): Promise<ReturnType<OrgOrders[N]>>;
  order(name: keyof OrgOrders, ...parameters: readonly unknown[]): Promise<unknown> {
    const id = this.#next++;
    const order: OrgOrder = { id, name, parameters };
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#child.send(order);
    });
  }

  apex(source: string, userName: string = LOGIN.userName): Promise<ApexOutcome> {
    return this.order('apex', source, userName);
  }

  /** Records that are not in the recycle bin, in the order of their ids. */
  async living(object: string, fields: readonly string[]): Promise<OrgRecord[]> {
    const all = await this.order('records', object, [...fields, 'Id', 'IsDeleted']);
    return all.filter(({ IsDeleted: isDeleted }) => isDeleted !== true);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }
}
