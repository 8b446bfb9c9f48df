import type { WrittenTable } from '../rows/written-table.ts';
import { hasCommas } from '../../values/interpret-cells.ts';
import { DATE_ORDERS, type DateOrder } from '../../values/dates.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';
import { suggestMapping, type FileTarget } from '../../values/suggest-mapping.ts';

const NUMBERS = new Set(['decimal', 'integer', 'double', 'currency', 'percent']);

/** What is suggested for a file: everything that it tells, and nothing that it leaves open. */
export function defaultSettings(found: FoundFile, targets: readonly FileTarget[]): ImportSettings {
  const mapping = suggestMapping(found.headings, targets);
  const numbers = mapping.flatMap(({ heading, to }) => {
    const target = targets.find((each) => each.name === to);
    const place = found.headings.indexOf(heading);
    return target && NUMBERS.has(target.type) ? found.sample.map((row) => row[place] ?? '') : [];
  });
  return {
    encoding: found.encoding,
    delimiter: found.delimiter,
    mapping,
    mode: 'upsert',
    emptyCells: 'leave',
    dates: dateOrder(Object.values(found.dates)),
    decimals: hasCommas(numbers) ? 'comma' : 'point',
    timeZone: 'UTC',
    overridesSalesforce: false,
    operation: 'insert',
    externalIdField: null,
  };
}

/** One column that tells its order tells that of the file; where they differ, or none tells, it stays open. */
function dateOrder(orders: readonly (DateOrder | 'ambiguous')[]): DateOrder | null {
  const told = DATE_ORDERS.filter((order) => order !== 'iso' && orders.includes(order));
  if (told.length === 1) return told[0] ?? null;
  return told.length === 0 && !orders.includes('ambiguous') ? 'iso' : null;
}

/** The columns that an import may fill. */
export function targetsOf(table: WrittenTable): FileTarget[] {
  return table.fields
    .filter((field) => !table.ownedColumns.has(field.name))
    .map(({ name, label, type }) => ({ name, label, type }));
}
