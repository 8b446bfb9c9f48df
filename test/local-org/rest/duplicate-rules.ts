import { indexKey } from '../database/store.ts';
import type { RowError } from '../execution/dml.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { RestRequest } from './resource.ts';

/** What the org's duplicate rules say of a record that is to be saved, or null. */
export function duplicateError(request: RestRequest, record: ApexSObject): RowError | null {
  const { settings, org } = request.host;
  const mayAll = /allowSave\s*=\s*true/i.test(request.headers['sforce-duplicate-rule-header'] ?? '');
  for (const rule of settings.duplicateRules) {
    if (rule.object.toLowerCase() !== record.schema.name.toLowerCase()) continue;
    if (rule.action === 'alert' && mayAll) continue;
    const keys = rule.fields.map((field) => field.toLowerCase());
    const [first = ''] = keys;
    if (keys.some((key) => (record.values.get(key) ?? null) === null)) continue;
    const other = org.store
      .findBy(record.schema.name, first, record.values.get(first) ?? null)
      .find(
        (row) =>
          row.get('isdeleted') !== true &&
          row.get('id') !== record.id &&
          keys.every((key) => indexKey(row.get(key) ?? null) === indexKey(record.values.get(key) ?? null)),
      );
    if (other) return { statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?', fields: [] };
  }
  return null;
}
