import { platformType, type PlatformType } from '../language/types/platform-types.ts';
import { beanClass } from './beans.ts';
import { registerOnDemand } from './registry.ts';

/** Classes that hold values behind `getX` and `isX` and do nothing else. */
const READ_BY_METHODS = new Set([
  'approval.lockresult',
  'approval.unlockresult',
  'approval.processresult',
  'eventbus.changeeventheader',
  'invocable.action.error',
  'invocable.action.result',
  'visualeditor.datarow',
]);
const COMMON = new Set(['clone', 'equals', 'hashcode', 'tostring', 'getbuildversion']);

/** Public fields, a constructor without parameters, and nothing that does anything. */
function isAllFields(type: PlatformType): boolean {
  const methods = [...type.methods.values()].flat();
  return (
    type.kind === 'class' &&
    type.fields.size > 0 &&
    [...type.fields.values()].every((field) => !field.isStatic) &&
    type.constructors.some((parameters) => parameters.length === 0) &&
    methods.every((method) => COMMON.has(method.name.toLowerCase()))
  );
}

registerOnDemand((name) => {
  const type = platformType(name);
  if (!type) return;
  if (isAllFields(type) || READ_BY_METHODS.has(type.name.toLowerCase()))
    beanClass(type.name, {
      constructors: type.constructors.map((parameters) =>
        parameters.map((_, index) => FIELDS_OF.get(type.name.toLowerCase())?.[index] ?? ''),
      ),
    });
});

/** What the parameters of constructors fill, where there are any. */
const FIELDS_OF = new Map<string, readonly string[]>([
  ['visualeditor.datarow', ['label', 'value', 'selected']],
]);
