/** JavaScript whose lines are the Apex source's: a V8 stack trace then names Apex lines at no cost at run time. */
export class Output {
  #text = '';
  #line = 1;

  /** Adds text on the given line, or on the current one where that has passed already. */
  add(line: number, text: string): void {
    while (this.#line < line) {
      this.#text += '\n';
      this.#line += 1;
    }
    this.#text += text;
  }

  /** Adds text where the output stands. */
  here(text: string): void {
    this.#text += text;
  }

  toString(): string {
    return this.#text;
  }
}
