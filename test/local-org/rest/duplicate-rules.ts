import type { RowError } from '../execution/dml.ts';
import { DUPLICATES_DETECTED, hasDuplicate } from '../execution/duplicates.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { Saver } from './save-records.ts';

/** What the org's duplicate rules say of a record that is to be saved, or null. */
export function duplicateError(request: Saver, record: ApexSObject): RowError | null {
  const { settings, org } = request.host;
  const mayAll = /allowSave\s*=\s*true/i.test(request.headers['sforce-duplicate-rule-header'] ?? '');
  const rules = settings.duplicateRules.filter(({ action }) => action === 'block' || !mayAll);
  return rules.some((rule) => hasDuplicate(org.store, rule, record)) ? DUPLICATES_DETECTED : null;
}
