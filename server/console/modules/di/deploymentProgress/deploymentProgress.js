import { LightningElement, api } from 'lwc';
import { fill, labels, wordsOf } from 'di/labels';
import { formatNumber } from 'di/format';

/** One deployment: what it puts into the org or takes out, how far it is, and what Salesforce refused. */
export default class DeploymentProgress extends LightningElement {
  labels = labels;
  /** As the API answers it. */
  @api deployment;

  get heading() {
    const { kind, object } = this.deployment;
    return `${labels.deployments.kinds[kind]} · ${object}`;
  }

  get isGoingOn() {
    return this.deployment.finishedAt === null;
  }

  get statusText() {
    return deploymentText(this.deployment);
  }

  /** Parts and tests together: a trigger's test takes longer than the trigger. */
  get percent() {
    const { progress } = this.deployment;
    if (!progress) return 0;
    const all = progress.componentsTotal + progress.testsTotal;
    const done = progress.componentsDeployed + progress.testsCompleted;
    return all === 0 ? 0 : Math.round((100 * done) / all);
  }

  get partsText() {
    const { componentsDeployed, componentsTotal } = this.deployment.progress;
    return fill(labels.deployments.of, formatNumber(componentsDeployed), formatNumber(componentsTotal));
  }

  get testsText() {
    const { testsCompleted, testsTotal } = this.deployment.progress;
    return testsTotal === 0
      ? labels.deployments.noTests
      : fill(labels.deployments.of, formatNumber(testsCompleted), formatNumber(testsTotal));
  }

  get components() {
    const { components, tests } = this.deployment.plan ?? { components: [], tests: [] };
    return [...components, ...tests.filter((test) => !components.includes(test))];
  }

  get hasComponents() {
    return this.components.length > 0;
  }

  get hasFailures() {
    return this.deployment.failures.length > 0;
  }

  get columns() {
    return [
      { name: 'component', label: labels.deployments.component },
      { name: 'kindText', label: labels.deployments.failureKind },
      { name: 'message', label: labels.deliveries.reason },
    ];
  }

  get failures() {
    return this.deployment.failures.map(({ component, kind, message }, index) => ({
      key: String(index),
      mark: kind,
      component,
      kindText: labels.deployments.failureKinds[kind],
      message,
    }));
  }
}

/** How a deployment stands; one that succeeded has nothing more to say. */
export function deploymentText(deployment) {
  const { status, message } = deployment;
  const text = labels.deployments.statuses[status];
  return status === 'succeeded' || !message ? text : `${text}. ${wordsOf(deployment)}`;
}
