/** Types of fields that hold numbers, as describe names them. */
export const NUMBER_TYPES: ReadonlySet<string> = new Set([
  'int',
  'integer',
  'long',
  'double',
  'currency',
  'percent',
]);
