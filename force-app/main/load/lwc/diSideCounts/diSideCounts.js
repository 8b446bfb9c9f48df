import { api } from 'lwc';
import countBothSides from '@salesforce/apex/DI_InitialLoadController.countBothSides';
import DiBusyElement from 'c/diBusyElement';
import { fillIn } from 'c/diLabelText';
import { labels } from './labels';

/** How many records of a transfer there are in Salesforce and in DI, counted when somebody wants to know. */
export default class DiSideCounts extends DiBusyElement {
  labels = labels;
  /** The transfer. */
  @api transferId;

  /** @type {Apex.DI_SideCounts | null} */
  counts = null;

  /** Both sides always; what explains a difference where there is some of it. */
  get figures() {
    const { inSalesforce, withoutKey, inDi, archived, rivals } = this.counts;
    return [
      { name: 'salesforce', text: fillIn(labels.salesforce, shown(inSalesforce)) },
      { name: 'di', text: fillIn(labels.inDi, shown(inDi)) },
      { name: 'without-key', text: withoutKey > 0 && fillIn(labels.withoutKey, shown(withoutKey)) },
      { name: 'archived', text: archived > 0 && fillIn(labels.archived, shown(archived)) },
      { name: 'rivals', text: rivals > 0 && fillIn(labels.rivals, shown(rivals)) },
    ].filter(({ text }) => text);
  }

  handleCount() {
    return this.work(labels.failed, async () => {
      this.counts = await countBothSides({ transferId: this.transferId });
    });
  }
}

function shown(count) {
  return Number.isInteger(count) ? count.toLocaleString() : labels.tooMany;
}
