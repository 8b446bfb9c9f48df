import { freePort } from '../server/support/free-port.ts';
import type { Door } from '../simulation/door.ts';
import type { Excuses } from './excuses.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';

interface Site {
  /** What callers reach copies through: those that are ready. */
  readonly front: Door;
  readonly excuses: Excuses;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly violate: (what: string) => void;
}

interface Copy {
  readonly port: number;
  process: ServerProcess;
}

/** Copies of the server behind one front, which sends calls on to those that are ready. */
export class Copies {
  readonly #site: Site;
  readonly #copies: Copy[] = [];
  /** Milliseconds that ends took which were asked for. */
  readonly stops: number[] = [];

  constructor(site: Site) {
    this.#site = site;
  }

  /** Starts so many copies at once, and waits until all are ready. */
  async start(count: number): Promise<void> {
    for (let copy = 0; copy < count; copy++) {
      const port = await freePort();
      this.#copies.push({ port, process: this.#launch(port) });
    }
    await this.#ready(this.#copies);
  }

  get urls(): string[] {
    return this.#copies.map(({ process }) => process.url);
  }

  /** Kills one of them without a word to it, or all, and starts them again. */
  async kill(places: readonly number[]): Promise<void> {
    const killed = this.#at(places);
    const close = this.#site.excuses.open();
    this.#leave(killed);
    await Promise.all(killed.map(({ process }) => process.kill()));
    // Who knows no other copy waits for these; who does is answered again as soon as calls of the killed ones have broken.
    if (killed.length < this.#copies.length) close();
    for (const copy of killed) copy.process = this.#launch(copy.port);
    await this.#ready(killed);
    close();
  }

  /** Tells one to stop in good order, with calls no longer sent to it, and starts it again: nobody is to notice. */
  async restart(place: number): Promise<void> {
    const told = this.#at([place]);
    this.#leave(told);
    for (const copy of told) {
      await this.#stop(copy);
      copy.process = this.#launch(copy.port);
    }
    await this.#ready(told);
  }

  moveClock(place: number, milliseconds: number): void {
    for (const { process } of this.#at([place])) process.moveClock(milliseconds);
  }

  /** Starts those again that have ended by themselves, which is a violation. */
  async revive(): Promise<void> {
    const ended = this.#copies.filter(({ process }) => process.ending() !== null);
    if (ended.length === 0) return;
    for (const copy of ended) {
      this.#site.violate(`a copy of the server ended by itself: ${copy.process.ending() ?? ''}`);
      copy.process = this.#launch(copy.port);
    }
    await this.#ready(ended);
  }

  async stop(): Promise<void> {
    this.#leave(this.#copies);
    await Promise.all(this.#copies.map((copy) => this.#stop(copy)));
  }

  /** Ends them however they are. */
  async end(): Promise<void> {
    await Promise.all(this.#copies.map(({ process }) => process.kill()));
  }

  async #stop({ process }: Copy): Promise<void> {
    const { code, milliseconds } = await process.stop();
    this.stops.push(milliseconds);
    if (code !== 0) this.#site.violate(`a copy of the server ended with ${String(code)} after SIGTERM`);
  }

  #launch(port: number): ServerProcess {
    return startServerProcess(port, this.#site.environment, this.#site.logFile);
  }

  async #ready(copies: readonly Copy[]): Promise<void> {
    await Promise.all(copies.map(({ process }) => process.ready()));
    const added = copies.map(({ process }) => process.url);
    this.#site.front.targets = [...new Set([...this.#site.front.targets, ...added])];
  }

  #leave(copies: readonly Copy[]): void {
    const left = new Set(copies.map(({ process }) => process.url));
    this.#site.front.targets = this.#site.front.targets.filter((url) => !left.has(url));
  }

  #at(places: readonly number[]): Copy[] {
    return this.#copies.filter((_, place) => places.includes(place));
  }
}
