import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

/** What a build would do, or has done, a line a step; what it refuses, with the reason. */
export default class BuildPlan extends LightningElement {
  labels = labels;
  /** Steps, as the API answers them. */
  @api steps = [];

  get isNothing() {
    return this.steps.length === 0;
  }

  get rows() {
    return this.steps.map((step, index) => ({
      key: index,
      detail: step.detail,
      refusal: step.refusal,
      isRefused: String(step.refusal !== null),
      what: fill(labels.build[step.action] ?? step.action, step.table, step.field ?? ''),
      icon: step.refusal === null ? 'utility:check' : 'utility:error',
      variant: step.refusal === null ? 'success' : 'error',
      state: step.refusal === null ? labels.build.possible : labels.build.refused,
    }));
  }
}
