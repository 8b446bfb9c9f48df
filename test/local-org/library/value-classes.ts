import { platformType, readPlatformType, type PlatformType } from '../language/types/platform-types.ts';
import { ApexList } from '../values/collections.ts';
import type { ApexValue } from '../values/object.ts';
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

/** Lists of metadata are there from the start, with nothing in them. */
function emptyLists(type: PlatformType): Record<string, ApexValue> {
  const lists = [...type.fields.values()].filter((field) => field.type.startsWith('System.List<'));
  return Object.fromEntries(
    lists.map((field) => {
      const written = readPlatformType(field.type, new Map());
      return [field.name, written.kind === 'list' ? new ApexList(written.element) : null];
    }),
  );
}

registerOnDemand((name) => {
  const type = platformType(name);
  if (!type) return;
  if (isAllFields(type) || READ_BY_METHODS.has(type.name.toLowerCase()))
    beanClass(type.name, {
      ...(type.name.startsWith('Metadata.') ? { defaults: () => emptyLists(type) } : {}),
      constructors: type.constructors.map((parameters) =>
        parameters.map((_, index) => FIELDS_OF.get(type.name.toLowerCase())?.[index] ?? ''),
      ),
    });
});

/** What the parameters of constructors fill, where there are any. */
const FIELDS_OF = new Map<string, readonly string[]>([
  ['visualeditor.datarow', ['label', 'value', 'selected']],
]);
