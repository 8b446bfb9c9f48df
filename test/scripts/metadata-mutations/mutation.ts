/** A fault that an org refuses, put into one file of the package. */
export interface Mutation {
  readonly fault: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** What the gate says of it. */
  readonly found: string;
}

export const mutation = (
  fault: string,
  file: string,
  from: string | RegExp,
  to: string,
  found: string,
): Mutation => ({
  fault,
  file,
  from,
  to,
  found,
});
