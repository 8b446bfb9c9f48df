import { LightningElement, api } from 'lwc';
import { labels } from 'di/labels';

const LOOKS = {
  ok: { icon: 'utility:check', variant: 'success' },
  warning: { icon: 'utility:warning', variant: 'warning' },
  problem: { icon: 'utility:error', variant: 'error' },
};

/** What a test of a connection found, object by object, each with what to do about it. */
export default class TestResult extends LightningElement {
  @api result;

  get heading() {
    return labels.test[this.result.level];
  }

  get groups() {
    const whole = { name: labels.test.connection, findings: this.result.findings };
    const objects = this.result.objects.map(({ object, findings }) => ({ name: object, findings }));
    return [whole, ...objects].map(({ name, findings }) => ({
      name,
      findings: findings.map((finding, index) => ({
        key: index,
        text: finding.message,
        levelText: labels.test.levels[finding.level],
        ...LOOKS[finding.level],
      })),
    }));
  }
}
