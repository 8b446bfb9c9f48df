// An @AuraEnabled method in jest: it answers what a test says, if Apex could answer so.
import { createApexTestWireAdapter } from '@salesforce/sfdx-lwc-jest';
import { guarded, strangersIn } from '../support/known-members.js';

/** What was asked of answers, or put into them, that Apex does not have; each test ends with none. */
const faults = [];

afterEach(() => {
  expect(faults.splice(0)).toEqual([]);
});

/**
 * A method that a component calls or is wired to.
 *
 * @param {string} name `DI_MonitorController.status`
 * @param {object} shape of its answer, as Apex declares it
 * @param {Record<string, object>} types shapes of the classes in it
 * @returns {{ default: Function }} a module
 */
export function apexMethod(name, shape, types) {
  const method = createApexTestWireAdapter(jest.fn());
  const report = (message) => faults.push(message);
  for (const answer of ['mockResolvedValue', 'mockResolvedValueOnce', 'emit']) {
    const give = method[answer];
    method[answer] = (value, ...others) => {
      strangersIn(value, shape, name, types).forEach(report);
      return give.call(method, guarded(value, shape, name, { types, report, isReadOnly: true }), ...others);
    };
  }
  return { default: method };
}
