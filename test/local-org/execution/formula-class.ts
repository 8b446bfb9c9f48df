import { beanClass, newBean } from '../library/beans.ts';
import { addStatics, platformClass } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { throwNull } from '../values/exception.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { withFormulas } from './formula-rules.ts';
import { current } from './transaction.ts';

const RESULT: TypeRef = { kind: 'platform', name: 'System.FormulaRecalcResult', arguments: [] };
const ERROR: TypeRef = { kind: 'platform', name: 'System.FormulaRecalcFieldError', arguments: [] };

beanClass(RESULT.name);
beanClass(ERROR.name);
platformClass({ name: 'System.Formula' });
addStatics('System.Formula', {
  /** Formula fields of records in memory, worked out of what stands in them. */
  'recalculateFormulas/1': (records: ApexList | null) =>
    new ApexList(
      RESULT,
      (records ?? throwNull()).items.map((record) => {
        if (record instanceof ApexSObject) withFormulas(current(), record);
        return newBean(RESULT.name, { success: true, sObject: record, errors: new ApexList(ERROR) });
      }),
    ),
});
