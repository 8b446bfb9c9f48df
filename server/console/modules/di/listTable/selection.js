// Which rows of a list are shown, in what order, and as what file: by what is asked for, `{ search, sort, isDescending, filters }`.

import { formatMoment, formatNumber, formatRelative } from 'di/format';
import { language } from 'di/language';

const words = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
/** What a spreadsheet would take for a formula, where a text begins with it. */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell's text, as people read it. */
export function textOf({ kind, name }, row) {
  const value = row[name];
  if (value === null || value === undefined) return '';
  if (kind === 'number') return formatNumber(value);
  if (kind === 'moment') return formatRelative(value);
  return ['status', 'choice', 'details'].includes(kind) ? value.text : String(value);
}

/** What a pointer that rests on a cell is told. */
export function titleOf({ kind, name }, row) {
  return kind === 'moment' ? formatMoment(row[name]) : null;
}

/** Rows that hold every word that is searched for, and the value of every filter; in order. */
function selected(rows, columns, { search, sort, isDescending, filters }) {
  const searched = folded(search).split(/\s+/).filter(Boolean);
  const chosen = columns.filter(({ name }) => filters[name]);
  const found = rows.filter((row) => {
    if (chosen.some((column) => textOf(column, row) !== filters[column.name])) return false;
    const text = folded(columns.map((column) => textOf(column, row)).join('\n'));
    return searched.every((word) => text.includes(word));
  });
  const by = columns.find(({ name }) => name === sort);
  if (!by) return found;
  const direction = isDescending ? -1 : 1;
  return found.sort((one, other) => direction * compared(by, one, other));
}

/** The same, found once for as long as rows, columns and what is asked for stay what they are. */
export function selection() {
  let last = null;
  return (rows, columns, asked) => {
    if (last === null || last.rows !== rows || last.columns !== columns || last.asked !== asked)
      last = { rows, columns, asked, found: selected([...rows], columns, asked) };
    return last.found;
  };
}

/** Rows without a value come first. */
function compared(column, one, other) {
  const [left, right] = [one[column.name], other[column.name]];
  if (column.kind === 'number') return (left ?? -1) - (right ?? -1);
  if (column.kind === 'moment') return (Date.parse(left) || 0) - (Date.parse(right) || 0);
  return words.compare(textOf(column, one), textOf(column, other));
}

/** Texts without accents and capitals: people leave them out where they search. */
function folded(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** What a column's cells say, each once, in order: the choices of its filter. */
export function choicesOf(column, rows) {
  const values = [...new Set(rows.map((row) => textOf(column, row)))].filter(Boolean).sort(words.compare);
  return values.map((value) => ({ value, label: value }));
}

/** What a program reads of a cell: moments and numbers as they are. */
function fileTextOf(column, row) {
  if (column.kind === 'moment' || column.kind === 'number') return String(row[column.name] ?? '');
  return textOf(column, row);
}

/** Rows as CSV, for a spreadsheet: moments whole, and nothing that it would take for a formula. */
export function csvOf(rows, columns) {
  const lines = [
    columns.map(({ label }) => label),
    ...rows.map((row) => columns.map((column) => fileTextOf(column, row))),
  ];
  return lines.map((cells) => cells.map(quoted).join(',')).join('\r\n');
}

function quoted(text) {
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

const isEmpty = (value) => value === null || value === undefined || value === '' || value.text === '';

/** A cell as the table shows it. */
export function shownCell(column, row) {
  const { name, label, kind } = column;
  const value = row[name];
  return {
    ...{ name, label, text: textOf(column, row), title: titleOf(column, row) },
    link: row.links?.[name] ?? null,
    choice: kind === 'choice' && value?.options ? value : null,
    lines: kind === 'details' && value?.lines.length > 0 ? value.lines : null,
    pillClass: kind === 'status' ? `status-pill is-${value?.level ?? 'off'}` : null,
    cellClass: `text${kind === 'number' ? ' number' : ''}${isEmpty(value) ? ' is-empty' : ''}`,
  };
}
