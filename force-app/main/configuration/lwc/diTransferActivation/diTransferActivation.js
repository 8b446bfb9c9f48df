import { api } from 'lwc';
import checkWithDi from '@salesforce/apex/DI_DataTransferController.checkWithDi';
import testTransfer from '@salesforce/apex/DI_DataTransferController.testTransfer';
import activateTransfer from '@salesforce/apex/DI_DataTransferController.activateTransfer';
import applyTransfer from '@salesforce/apex/DI_DataTransferController.applyTransfer';
import DiBusyElement from 'c/diBusyElement';
import { filterText } from 'c/diFilterText';
import { fillIn } from 'c/diLabelText';
import { labels } from './labels';

/**
 * The last look at a transfer: what it sends, what is wrong with it, one record for a test, and the switch. One that is active
 * goes on as it was until its changes are applied here.
 *
 * @fires DiTransferActivation#activated
 * @fires DiTransferActivation#applied
 */
export default class DiTransferActivation extends DiBusyElement {
  labels = labels;
  /**
   * The transfer: saved, or the changes of one that is active.
   *
   * @type {Partial<Apex.DI_TransferDraft>}
   */
  @api draft;

  problems = [];
  /** @type {Apex.DI_SampleDelivery.Outcome | null} */
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
    return filterText(this.draft) || labels.all;
  }

  get isActive() {
    return this.draft.status === 'Active';
  }

  get goesOn() {
    return fillIn(labels.goesOn, this.draft.name);
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
      this.outcome = await testTransfer({ draft: this.draft, recordId: null });
    });
  }

  handleActivate() {
    return this.work(labels.notActivated, async () => {
      await activateTransfer({ transferId: this.draft.transferId });
      this.dispatchEvent(new CustomEvent('activated'));
    });
  }

  handleApply() {
    return this.work(labels.notApplied, async () => {
      await applyTransfer({ draft: this.draft });
      this.dispatchEvent(new CustomEvent('applied'));
    });
  }
}
