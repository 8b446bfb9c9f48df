/** The time of one process of a simulation: `Date` tells it, and it stands still until somebody moves it. Timers do not follow. */
export class SimulatedClock {
  /** Milliseconds since 1970. */
  now: number;
  readonly #machine = globalThis.Date;

  constructor(now: number) {
    this.now = now;
    const tell = (): number => this.now;
    globalThis.Date = new Proxy(this.#machine, {
      construct: (target, parameters: unknown[], as) => {
        const date: unknown = Reflect.construct(target, parameters.length === 0 ? [tell()] : parameters, as);
        if (!(date instanceof target)) throw new Error('No date was made.');
        return date;
      },
      apply: (target) => new target(tell()).toString(),
      get: (target, name, receiver): unknown => (name === 'now' ? tell : Reflect.get(target, name, receiver)),
    });
  }

  /** Gives the process the machine's time back. */
  restore(): void {
    globalThis.Date = this.#machine;
  }
}
