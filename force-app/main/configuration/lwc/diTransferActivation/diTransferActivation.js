import { api } from 'lwc';
import checkWithDi from '@salesforce/apex/DI_DataTransferController.checkWithDi';
import testTransfer from '@salesforce/apex/DI_DataTransferController.testTransfer';
import activateTransfer from '@salesforce/apex/DI_DataTransferController.activateTransfer';
import DiBusyElement from 'c/diBusyElement';
import { fillIn } from 'c/diLabelText';
import { labels } from './labels';

/**
 * The last look at a saved transfer: what it sends, what is wrong with it, one record for a test, and the switch.
 *
 * @fires DiTransferActivation#activated
 */
export default class DiTransferActivation extends DiBusyElement {
  labels = labels;
  /** The transfer, saved. */
  @api draft;

  problems = [];
  outcome = null;

  connectedCallback() {
    return this.work(labels.notLoaded, async () => {
      const { problems, fields } = await checkWithDi({ draft: this.draft });
      this.problems = [...problems, ...fields.filter(({ severity }) => severity)];
    });
  }

  get fieldList() {
    return this.draft.fields.map(({ path }) => path).join(', ');
  }

  get operationList() {
    const { onInsert, onUpdate, onDelete, onUndelete } = this.draft;
    return [
      onInsert && labels.insert,
      onUpdate && labels.update,
      onDelete && labels.remove,
      onUndelete && labels.undelete,
    ]
      .filter(Boolean)
      .join(', ');
  }

  get filter() {
    return this.draft.filterField ?? labels.all;
  }

  get isActive() {
    return this.draft.status === 'Active';
  }

  get statusText() {
    return fillIn(labels.activated, this.draft.name);
  }

  get canActivate() {
    return !this.isActive;
  }

  get problemRows() {
    return this.problems.map(({ severity, message }, key) => ({ key, message, severity }));
  }

  get outcomeTitle() {
    return this.outcome.isAccepted ? labels.testAccepted : labels.testRefused;
  }

  get outcomeVariant() {
    return this.outcome.isAccepted ? 'success' : 'warning';
  }

  get recordUrl() {
    return `/${this.outcome.recordId}`;
  }

  get values() {
    return this.outcome.values ?? [];
  }

  get hasValues() {
    return this.values.length > 0;
  }

  handleTest() {
    return this.work(labels.testRefused, async () => {
      this.outcome = await testTransfer({ transferId: this.draft.transferId, recordId: null });
    });
  }

  handleActivate() {
    return this.work(labels.notActivated, async () => {
      await activateTransfer({ transferId: this.draft.transferId });
      this.dispatchEvent(new CustomEvent('activated'));
    });
  }
}
