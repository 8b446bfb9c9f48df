/** What the platform's documentation says, or what was seen of it, with expressions that show it. */
export interface Rule {
  readonly says: string;
  /** Where that stands. */
  readonly source: string;
  /** Apex expressions with what String.valueOf makes of them, or `Type: message` of the exception. */
  readonly examples: readonly (readonly [expression: string, worth: string])[];
}
