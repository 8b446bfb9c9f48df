import { api } from 'lwc';
import { Form, tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';

/**
 * Triggers of objects that the package has none on: what is put into the org, the putting, and the taking out again.
 *
 * @fires TriggerDeployment#deployed
 */
export default class TriggerDeployment extends Form {
  /** Transfers of the connection. */
  @api transfers = [];
  /** Id of the transfer whose object is chosen. */
  transfer = '';
  files = [];
  /** What the server said where the object needs no trigger. */
  note = null;

  get hasObjects() {
    return this.transfers.length > 0;
  }

  get hasFiles() {
    return this.files.length > 0;
  }

  /** Transfers of one object share its trigger. */
  get objectOptions() {
    const byObject = new Map(this.transfers.map(({ id, object }) => [object, id]));
    return [
      { value: '', label: labels.imports.choose },
      ...[...byObject].map(([label, value]) => ({ value, label })),
    ];
  }

  async handleObject(event) {
    this.transfer = event.detail.value;
    this.files = [];
    this.note = null;
    if (this.transfer === '') return;
    await this.attempt(async () => {
      try {
        const { files } = await call('GET', pathOf('transfers', this.transfer, 'trigger'));
        this.files = files;
      } catch (error) {
        // Not a failure: the package brings the trigger.
        if (error.code !== 'trigger-shipped') throw error;
        this.note = error.message;
      }
    });
  }

  async handleDeploy() {
    await this.change('POST');
  }

  async handleRemove() {
    await this.change('DELETE');
  }

  async change(method) {
    await this.attempt(async () => {
      await call(method, pathOf('transfers', this.transfer, 'trigger'));
      tell(labels.deployments.asked);
      this.dispatchEvent(new CustomEvent('deployed'));
    });
  }
}
