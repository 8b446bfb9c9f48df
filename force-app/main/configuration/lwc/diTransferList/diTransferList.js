import { LightningElement } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import listTransfers from '@salesforce/apex/DI_DataTransferController.listTransfers';
import activateTransfer from '@salesforce/apex/DI_DataTransferController.activateTransfer';
import pauseTransfer from '@salesforce/apex/DI_DataTransferController.pauseTransfer';
import listProjects from '@salesforce/apex/DI_DestinationProjectController.listProjects';
import { fillIn } from 'c/diLabelText';
import { statusLabel } from 'c/diStatusLabel';
import { labels } from './labels';

const ICONS = { Active: 'utility:success', Paused: 'utility:pause', Draft: 'utility:edit_form' };

/** The data transfers of this org, and the wizard of the one that is edited. */
export default class DiTransferList extends LightningElement {
  labels = labels;
  /** @type {Apex.DI_DataTransferController.Summary[] | null} */
  transfers = null;
  /** @type {Apex.DI_DestinationProjectController.Project[]} */
  projects = [];
  error = null;
  errorTitle = null;
  isLoading = true;
  isEditing = false;
  /** The transfer in the wizard; null for a new one. */
  editedId = null;
  /** The transfer whose initial load is shown; null for none. */
  loaded = null;

  columns = [
    { label: labels.name, fieldName: 'name', wrapText: true },
    { label: labels.project, fieldName: 'projectName', wrapText: true },
    { label: labels.object, fieldName: 'objectLabel' },
    { label: labels.table, fieldName: 'tableCode' },
    {
      label: labels.fields,
      fieldName: 'fields',
      type: 'number',
      cellAttributes: { alignment: 'left' },
      initialWidth: 120,
    },
    {
      label: labels.status,
      fieldName: 'statusLabel',
      cellAttributes: { iconName: { fieldName: 'icon' }, iconAlternativeText: { fieldName: 'statusLabel' } },
    },
    {
      type: 'action',
      typeAttributes: {
        rowActions: (row, done) => {
          done([
            { label: labels.edit, name: 'edit' },
            row.status === 'Active'
              ? { label: labels.pause, name: 'pause' }
              : { label: labels.activate, name: 'activate' },
            ...(row.status === 'Active' ? [{ label: labels.load, name: 'load' }] : []),
          ]);
        },
      },
    },
  ];

  connectedCallback() {
    return this.load();
  }

  get rows() {
    return this.transfers.map((transfer) => ({
      ...transfer,
      statusLabel: statusLabel(transfer.status),
      icon: ICONS[transfer.status],
    }));
  }

  get hasTransfers() {
    return this.transfers?.length > 0 && !this.isEditing && !this.loaded;
  }

  get isEmpty() {
    return this.transfers?.length === 0 && !this.isEditing;
  }

  /** Transfers go to tables, and only an authorized project has told us of its own. */
  get canCreate() {
    return this.projects.some(({ status }) => status === 'Authorized');
  }

  get emptyHint() {
    return this.canCreate ? labels.emptyHint : labels.noProjectHint;
  }

  async load() {
    this.isLoading = true;
    this.error = null;
    try {
      [this.transfers, this.projects] = await Promise.all([listTransfers(), listProjects()]);
    } catch (error) {
      this.error = error;
      this.errorTitle = labels.notLoaded;
    } finally {
      this.isLoading = false;
    }
  }

  handleNew() {
    this.editedId = null;
    this.isEditing = true;
  }

  async handleRowAction(event) {
    const { action, row } = event.detail;
    if (action.name === 'edit') {
      this.editedId = row.id;
      this.isEditing = true;
      return;
    }
    if (action.name === 'load') {
      this.loaded = row;
      return;
    }
    await this.change(row, action.name === 'activate');
  }

  async change(row, isActivated) {
    this.error = null;
    try {
      if (isActivated) await activateTransfer({ transferId: row.id });
      else await pauseTransfer({ transferId: row.id });
    } catch (error) {
      this.error = error;
      this.errorTitle = labels.notActivated;
      return;
    }
    this.dispatchEvent(
      new ShowToastEvent({
        title: fillIn(isActivated ? labels.activated : labels.wasPaused, row.name),
        message: isActivated ? labels.activatedDetail : '',
        variant: 'success',
      }),
    );
    await this.load();
  }

  async handleClose() {
    this.isEditing = false;
    this.loaded = null;
    await this.load();
  }
}
