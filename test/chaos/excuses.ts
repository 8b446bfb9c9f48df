/** Milliseconds after the end of a fault in which what it broke may still be heard of. */
const LATE = 2000;

/** Times in which a call may break unanswered, since what it went through was cut on purpose. */
export class Excuses {
  #open = 0;
  #until = 0;

  /** Begins such a time; answers what ends it. */
  open(): () => void {
    this.#open += 1;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      this.#until = performance.now() + LATE;
    };
  }

  hold(): boolean {
    return this.#open > 0 || performance.now() < this.#until;
  }
}
