import { fillIn } from 'c/diLabelText';
import equals from '@salesforce/label/c.DI_Filter_Equals';
import differs from '@salesforce/label/c.DI_Filter_Differs';
import isIn from '@salesforce/label/c.DI_Filter_In';
import greater from '@salesforce/label/c.DI_Filter_Greater';
import less from '@salesforce/label/c.DI_Filter_Less';
import empty from '@salesforce/label/c.DI_Filter_Empty';
import filled from '@salesforce/label/c.DI_Filter_Filled';
import checked from '@salesforce/label/c.DI_Filter_Checked';

const LABELS = { equals, differs, in: isIn, greater, less, empty, filled };
const OF_TEXT = ['equals', 'differs', 'in', 'empty', 'filled'];
const OF_ORDER = ['equals', 'differs', 'greater', 'less', 'empty', 'filled'];
const ORDERED = ['INTEGER', 'LONG', 'DOUBLE', 'CURRENCY', 'PERCENT', 'DATE', 'DATETIME'];

/** @returns the comparisons that a field of that type has, as a combobox offers them */
export function operatorsOf(type) {
  if (type === 'BOOLEAN') return [{ value: 'equals', label: equals }];
  return (ORDERED.includes(type) ? OF_ORDER : OF_TEXT).map((value) => ({ value, label: LABELS[value] }));
}

/** @returns whether a comparison is with a value */
export function takesValue(operator) {
  return operator !== 'empty' && operator !== 'filled';
}

/**
 * A filter in words: the checkbox and the conditions of a draft, in their order.
 *
 * @param {Partial<Apex.DI_TransferDraft>} draft
 */
export function filterText({ filterField, conditions }) {
  const ofCheckbox = filterField ? [fillIn(checked, filterField)] : [];
  const others = (conditions ?? []).map(({ field, operator, value }) =>
    [field, LABELS[operator], takesValue(operator) ? value : ''].filter(Boolean).join(' '),
  );
  return [...ofCheckbox, ...others].join('; ');
}
