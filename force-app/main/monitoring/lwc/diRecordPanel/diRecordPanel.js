import { api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import mayView from '@salesforce/customPermission/DI_View';
import mayConfigure from '@salesforce/customPermission/DI_Configure';
import readState from '@salesforce/apex/DI_RecordController.state';
import sendNow from '@salesforce/apex/DI_RecordController.sendNow';
import askDi from '@salesforce/apex/DI_RecordController.ask';
import DiBusyElement from 'c/diBusyElement';
import { errorMessages } from 'c/diErrorMessages';
import { fillIn, momentOf } from 'c/diLabelText';
import { sentencesOf, tableText } from './sentences';
import { labels } from './labels';

const CONSENTS = { granted: labels.granted, pending: labels.pending, withdrawn: labels.withdrawn };

/** How the record of a page stands with DI. What the org knows is read at once; DI is asked when somebody wants to know. */
export default class DiRecordPanel extends DiBusyElement {
  labels = labels;
  /** A user without a permission set of the package may call none of its classes. */
  mayLook = Boolean(mayView || mayConfigure);
  /** @type {Apex.DI_RecordState | null} */
  state = null;
  /** What DI answered, by project; null before it was asked. */
  answers = null;
  #recordId = null;

  /** The record of the page; another one where the page shows another. */
  @api
  get recordId() {
    return this.#recordId;
  }
  set recordId(recordId) {
    this.#recordId = recordId;
    this.state = null;
    this.answers = null;
    if (this.isConnected) this.handleRefresh();
  }

  connectedCallback() {
    this.handleRefresh();
  }

  get mayNotLook() {
    return !this.mayLook;
  }

  get isEmpty() {
    return this.state?.transfers.length === 0;
  }

  get noTransfer() {
    return fillIn(labels.noTransfer, this.state.objectLabel);
  }

  get hasTransfers() {
    return this.state?.transfers.length > 0;
  }

  get transfers() {
    return this.state.transfers.map((transfer) => ({
      id: transfer.transferId,
      name: transfer.transferName,
      project: transfer.projectName,
      url: `/${transfer.transferId}`,
      sentences: sentencesOf(transfer, labels).map((sentence) => ({
        ...sentence,
        moment: momentOf(sentence.moment),
      })),
    }));
  }

  get canSend() {
    return this.state.mayChange && this.state.transfers.some(({ isActive }) => isActive);
  }

  get projects() {
    return (this.answers ?? []).map(({ project, answer, error }) => ({
      id: project.id,
      title: fillIn(labels.inDi, project.name),
      error,
      tables: (answer?.tables ?? []).map((table) => ({
        name: table.table,
        text: tableText(table, labels),
        since: momentOf(table.since),
        created: momentOf(table.createdAt),
        written: momentOf(table.changedAt),
        outdated: table.outdated ? fillIn(labels.outdated, table.outdated.message) : null,
      })),
      isNowhere: answer?.tables.length === 0,
      hasConsents: answer?.consents.length > 0,
      consents: (answer?.consents ?? []).map(({ optIn, name, status, changedAt }) => ({
        optIn,
        text: fillIn(labels.optIn, name, CONSENTS[status] ?? labels.neverAsked),
        moment: momentOf(changedAt),
      })),
    }));
  }

  async handleRefresh() {
    const { recordId } = this;
    if (!this.mayLook || !recordId) return;
    await this.work(labels.notLoaded, async () => {
      const state = await readState({ recordId });
      // The page may show another record by now.
      if (recordId === this.recordId) this.state = state;
    });
  }

  async handleSend() {
    const { recordId } = this;
    const isSent = await this.work(labels.notSaved, async () => {
      const state = await sendNow({ recordId });
      if (recordId === this.recordId) this.state = state;
    });
    if (isSent) this.dispatchEvent(new ShowToastEvent({ title: labels.onItsWay, variant: 'success' }));
  }

  /** One project that does not answer keeps nobody from reading what the others say. */
  async handleAsk() {
    const { recordId } = this;
    await this.work(null, async () => {
      const answers = await Promise.all(this.askedProjects().map((project) => answerOf(recordId, project)));
      if (recordId === this.recordId) this.answers = answers;
    });
  }

  askedProjects() {
    const names = new Map(this.state.transfers.map(({ projectId, projectName }) => [projectId, projectName]));
    return [...names].map(([id, name]) => ({ id, name }));
  }
}

async function answerOf(recordId, project) {
  try {
    return { project, answer: await askDi({ recordId, projectId: project.id }), error: null };
  } catch (error) {
    return { project, answer: null, error: errorMessages(error) };
  }
}
