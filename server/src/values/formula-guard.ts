/**
 * A cell that a spreadsheet takes for a formula: one that begins with a sign of arithmetic or an @, those of East Asian
 * width too, or with a tab or the end of a line. (OWASP, *CSV Injection*) The apostrophes of a guard may stand before it.
 */
const FORMULA = /^'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;

/** A text as a cell that no spreadsheet takes for a formula: an apostrophe stands before what looks like one. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text of a cell that may have been guarded: what `guarded` wrote is what it was. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
