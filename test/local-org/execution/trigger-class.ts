import type { ApexValue } from '../values/object.ts';
import { platformClass } from '../library/registry.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { current, type TriggerContext } from './transaction.ts';

const read = (get: (context: TriggerContext) => ApexValue, outside: ApexValue) => () => {
  const { trigger } = current();
  return trigger ? get(trigger) : outside;
};
const is = (operation: TriggerContext['operation']) =>
  read((context) => context.operation === operation, false);

platformClass({
  name: 'System.Trigger',
  staticProperties: {
    isExecuting: read(() => true, false),
    isBefore: read((context) => context.isBefore, false),
    isAfter: read((context) => !context.isBefore, false),
    isInsert: is('insert'),
    isUpdate: is('update'),
    isDelete: is('delete'),
    isUndelete: is('undelete'),
    New: read((context) => context.newList, null),
    Old: read((context) => context.oldList, null),
    newMap: read((context) => context.newMap, null),
    oldMap: read((context) => context.oldMap, null),
    size: read((context) => context.size, 0),
    operationType: read(
      (context) =>
        platformEnum(
          'System.TriggerOperation',
          `${context.isBefore ? 'BEFORE' : 'AFTER'}_${context.operation.toUpperCase()}`,
        ),
      null,
    ),
  },
});
