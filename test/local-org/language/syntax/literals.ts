const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  s: ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The text of a string literal, quotes and escapes taken away. A `'''` literal starts on the line after its quotes. */
export function unescapeLiteral(source: string): string {
  const inner = source.startsWith("'''")
    ? source.slice(3, -3).replace(/^[ \t]*\r?\n/, '')
    : source.slice(1, -1);
  return inner.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (whole, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? whole;
  });
}
