/** What JavaScript's objects have of their own accord, and what its libraries ask of them. */
const JAVASCRIPT = [
  'constructor',
  'hasOwnProperty',
  'isPrototypeOf',
  'length',
  'propertyIsEnumerable',
  'prototype',
  'then',
  'toJSON',
  'toLocaleString',
  'toString',
  'valueOf',
];

/** Names that the rules allow, and that are at an edge of them. */
const EDGES = [
  ...'a b c d e f g h i j k l m n o p q r s t u v w x y z'.split(' '),
  'x'.repeat(63),
  `A${'b_'.repeat(31)}`,
  'a__b',
  'ends_',
  'Mixed',
  'c1',
  'e10',
  'x0',
  'u0041',
  'oid',
  'nan',
  'infinity',
];

/** Columns that every table of PostgreSQL has already: no other may have their names. */
const POSTGRES_OWN = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** Of some words those that a column may be called, each once in whatever letters. */
export function allowedNames(words: readonly string[]): readonly string[] {
  const names = new Map<string, string>();
  for (const word of words)
    if (/^[A-Za-z]\w{0,62}$/.test(word) && !POSTGRES_OWN.has(word.toLowerCase()))
      names.set(word.toLowerCase(), word);
  return [...names.values()];
}

/** Names that have nothing to do with the product, but everything with what it is made of. */
export const ODD_NAMES: readonly string[] = [...JAVASCRIPT, ...EDGES];

/** As many parts of a size as hold all; the last one is filled up from the start. */
export function filledParts(names: readonly string[], size: number): readonly (readonly string[])[] {
  const parts = Math.ceil(names.length / size);
  return Array.from({ length: parts }, (_part, index) => {
    const part = names.slice(index * size, (index + 1) * size);
    return [...part, ...names.slice(0, size - part.length)];
  });
}
