/** An alert that did not arrive, with the reason in words for people. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
  /** Trying again is of no use. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal = false) {
    super(message);
    this.isFinal = isFinal;
  }
}
