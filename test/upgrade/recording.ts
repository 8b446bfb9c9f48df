import { parse } from 'csv-parse/sync';
import { Caller, type Credential, type Sent } from './caller.ts';
import { answerSchema, type KeptCall, type Manifest } from './manifest.ts';

/** Notes what a later version has to answer as this one did. */
export class Recording {
  readonly url: string;
  readonly #callers = new Map<string, Caller>();
  readonly #writes: (Sent & { readonly caller: string })[] = [];
  readonly #reads: { readonly caller: string; readonly path: string; readonly onlyStatus: boolean }[] = [];
  readonly #named = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  /** A caller who is there after the upgrade too, with the same credential. */
  introduce(name: string, credential: Credential): Caller {
    const caller = new Caller(this.url, credential);
    this.#callers.set(name, caller);
    return caller;
  }

  caller(name: string): Caller {
    const caller = this.#callers.get(name);
    if (!caller) throw new Error(`Nobody was introduced as ${name}.`);
    return caller;
  }

  /** Does a write that is known by a key, and notes it. */
  async write(caller: string, sent: Sent, expected: number): Promise<void> {
    const { status, text } = await this.caller(caller).send(sent);
    if (status !== expected) throw new Error(`${sent.method} ${sent.path}: ${status} ${text}`);
    this.#writes.push({ caller, ...sent });
  }

  /** Notes paths whose answers at the end stay as they are. */
  read(caller: string, ...paths: readonly string[]): void {
    for (const path of paths) this.#reads.push({ caller, path, onlyStatus: false });
  }

  /** Notes a path that goes on being answered, whatever with: a page, a file that later versions write otherwise. */
  visit(caller: string, path: string): void {
    this.#reads.push({ caller, path, onlyStatus: true });
  }

  /** Keeps an id, a token or a text by a name. */
  name(name: string, value: string): string {
    this.#named.set(name, value);
    return value;
  }

  named(name: string): string {
    const value = this.#named.get(name);
    if (value === undefined) throw new Error(`Nothing is named ${name}.`);
    return value;
  }

  /** Sends every write once more, and reads everything that is to stay. */
  async finish(): Promise<Pick<Manifest, 'callers' | 'writes' | 'reads' | 'named'>> {
    const writes: KeptCall[] = [];
    for (const write of this.#writes) {
      const { status, text } = await this.caller(write.caller).send(write);
      writes.push({ ...write, status, answer: readAnswer(text) });
    }
    const reads: KeptCall[] = [];
    const refused: string[] = [];
    for (const { caller, path, onlyStatus } of this.#reads) {
      const { status, text } = await this.caller(caller).send({ method: 'GET', path });
      if (status === 200)
        reads.push({ caller, method: 'GET', path, status, answer: onlyStatus ? null : readAnswer(text) });
      else refused.push(`GET ${path}: ${status} ${text}`);
    }
    if (refused.length > 0) throw new Error(refused.join('\n'));
    return {
      callers: Object.fromEntries([...this.#callers].map(([name, { credential }]) => [name, credential])),
      writes,
      reads,
      named: Object.fromEntries(this.#named),
    };
  }
}

/** Sentences for people, which a later version may put better beside the same code, and the id of a request. */
const NOT_COMPARED = new Set(['message', 'detail', 'title', 'instance']);

/** What a JSON answer says to programs, or the rows of a CSV file. */
export function readAnswer(text: string): KeptCall['answer'] {
  const isJson = /^[[{]/.test(text);
  return answerSchema.parse(isJson ? JSON.parse(text, compared) : parse(text, { columns: true, bom: true }));
}

/** An answer that was kept, as one of today is read. */
export const asRead = (answer: KeptCall['answer']): KeptCall['answer'] => readAnswer(JSON.stringify(answer));

/** Of JSON: undefined leaves a member out. Warnings are sentences, with codes or without: there are as many as there were. */
function compared(name: string, value: unknown): unknown {
  if (NOT_COMPARED.has(name)) return undefined;
  return name === 'warnings' && Array.isArray(value) ? value.length : value;
}
