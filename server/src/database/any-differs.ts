/**
 * In SQL, whether any of some pairs of expressions differ. Not as rows, `(a, b) IS DISTINCT FROM (c, d)`: PostgreSQL nests
 * that as deep as it is wide, and the embedded one has no stack for a table of three hundred columns.
 */
export function anyDiffers(pairs: readonly (readonly [one: string, other: string])[]): string {
  return `(${pairs.map(([one, other]) => `${one} IS DISTINCT FROM ${other}`).join(' OR ')})`;
}
