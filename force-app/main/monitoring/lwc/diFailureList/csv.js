/** What a spreadsheet takes for a formula, as in the exports of DI. (OWASP, CSV Injection) */
const FORMULA = /^'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
/** A spreadsheet takes a file for UTF-8 that begins with it. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * A file of failures that a spreadsheet opens. (RFC 4180)
 *
 * @param {Apex.DI_FailureGroups.FailureGroup[]} failures as DI_MonitorController.eachFailure answers
 * @param {typeof import('./labels').labels} labels the component's
 * @returns {string} CSV
 */
export function csvOf(failures, labels) {
  /** @type {[string, (failure: Apex.DI_FailureGroups.FailureGroup) => unknown][]} */
  const columns = [
    [labels.csvKind, ({ kind }) => labels[kind]],
    [labels.csvTransfer, ({ transferName }) => transferName],
    [labels.csvRecord, ({ recordIds }) => recordIds?.[0]],
    [labels.csvCount, ({ records }) => records],
    [labels.csvReason, ({ reason }) => reason],
    [labels.csvCode, ({ code }) => code],
    [labels.csvField, ({ field }) => field],
    [labels.csvLatest, ({ latest }) => latest],
    [labels.csvNext, ({ nextAttempt }) => nextAttempt],
  ];
  const lines = [
    columns.map(([title]) => title),
    ...failures.map((failure) => columns.map(([, read]) => read(failure))),
  ];
  return BYTE_ORDER_MARK + lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

function cell(value) {
  const text = String(value ?? '');
  const guarded = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
