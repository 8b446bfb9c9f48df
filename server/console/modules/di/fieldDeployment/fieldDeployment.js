import { api } from 'lwc';
import { Form, tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';
import { objectOptions } from 'di/orgObjects';
import { counted } from 'di/format';

/**
 * Fields for opt-ins: what is to be made in the org, and the making of it once that was seen.
 *
 * @fires FieldDeployment#deployed
 */
export default class FieldDeployment extends Form {
  /** The connection's id. */
  @api connection;
  /** Opt-ins of the project that are not archived. */
  @api optIns = [];
  /** What would be done, of the form as it stands; null where that was not asked. */
  fields = null;
  /** Objects that can be chosen, and whether somebody named them. */
  objects = { isKnown: false, options: [] };
  draft = { object: 'Contact', optIns: [], changedAt: false, recordId: false };

  async connectedCallback() {
    this.draft = { ...this.draft, optIns: this.optIns.map(({ code }) => code) };
    if (this.may('transfers:read'))
      await this.attempt(async () => {
        this.objects = await objectOptions(this.connection);
      });
    // What is needed for the opt-ins that there are is the first question.
    if (this.hasOptIns && this.problem === null) await this.plan();
  }

  get isObjectUnknown() {
    return !this.objects.isKnown;
  }

  get hasOptIns() {
    return this.optIns.length > 0;
  }

  get optInOptions() {
    return this.optIns.map(({ code, name }) => ({ value: code, label: name }));
  }

  get columns() {
    return [
      { name: 'field', label: labels.fields.name },
      { name: 'stepText', label: labels.deployments.step },
      { name: 'message', label: labels.audit.detail },
    ];
  }

  get rows() {
    return this.fields.map(({ field, step, message }) => ({
      key: field,
      mark: step,
      field,
      stepText: labels.deployments.steps[step],
      message,
    }));
  }

  get planState() {
    if (this.fields.some(({ step }) => step === 'refused')) return 'refused';
    return this.fields.every(({ step }) => step === 'none') ? 'nothing' : 'possible';
  }

  get planText() {
    const wanted = this.fields.filter(({ step }) => step !== 'none').length;
    return this.planState === 'possible'
      ? counted(labels.deployments.possible, wanted)
      : labels.deployments[this.planState];
  }

  /** Nobody deploys what they have not seen. */
  get isDeployDisabled() {
    return this.isBusy || this.fields === null || this.planState === 'refused';
  }

  /** A plan is of the form as it was. */
  handleChange(event) {
    if (event.target.name === 'optIns') this.draft = { ...this.draft, optIns: [...event.detail.value] };
    else this.handleDraft(event);
    this.fields = null;
    this.problem = null;
  }

  async handlePlan() {
    if (this.isFilled()) await this.plan();
  }

  async plan() {
    await this.attempt(async () => {
      const path = pathOf('connections', this.connection, 'fields', 'plan');
      const { fields } = await call('POST', path, this.asked);
      this.fields = fields;
    });
  }

  async handleDeploy() {
    await this.attempt(async () => {
      await call('POST', pathOf('connections', this.connection, 'fields'), this.asked);
      this.fields = null;
      tell(labels.deployments.asked);
      this.dispatchEvent(new CustomEvent('deployed'));
    });
  }

  get asked() {
    const { object, optIns, changedAt, recordId } = this.draft;
    return { object: object.trim(), optIns: [...optIns], changedAt, recordId };
  }
}
