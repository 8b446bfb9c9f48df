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

  /** A place to go back to. */
  mark(): readonly [text: string, line: number] {
    return [this.#text, this.#line];
  }

  /** Takes back what was added since the mark. */
  backTo([text, line]: readonly [text: string, line: number]): void {
    this.#text = text;
    this.#line = line;
  }

  toString(): string {
    return this.#text;
  }
}
