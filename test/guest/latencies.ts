/** How long changes are on their way: from the save to the answer. */
export class Latencies {
  readonly #begun = new Map<string, number>();
  readonly #seconds: number[] = [];

  begin(destination: string, record: string, now: number): void {
    const key = `${destination} ${record}`;
    // What was not sent yet has been waiting since its first change.
    if (!this.#begun.has(key)) this.#begun.set(key, now);
  }

  end(destination: string, record: string, now: number): void {
    const key = `${destination} ${record}`;
    const begun = this.#begun.get(key);
    if (begun === undefined) return;
    this.#begun.delete(key);
    this.#seconds.push((now - begun) / 1000);
  }

  summary(): { sent: number; p50: number; p95: number; most: number } {
    const sorted = this.#seconds.toSorted((left, right) => left - right);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
    return { sent: sorted.length, p50: at(0.5), p95: at(0.95), most: at(1) };
  }
}
