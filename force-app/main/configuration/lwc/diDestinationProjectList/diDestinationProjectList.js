import { LightningElement } from 'lwc';
import listProjects from '@salesforce/apex/DI_DestinationProjectController.listProjects';
import { statusLabel } from 'c/diStatusLabel';
import { labels } from './labels';

const AUTHORIZED = 'Authorized';

/** The destination projects of this org, and the form of the one that is edited. */
export default class DiDestinationProjectList extends LightningElement {
  labels = labels;
  /** @type {Apex.DI_DestinationProjectController.Project[] | null} */
  projects = null;
  error = null;
  isLoading = true;
  /** The project in the form: empty for a new one, null while there is no form. */
  edited = null;

  columns = [
    { label: labels.name, fieldName: 'name', wrapText: true },
    { label: labels.endpoint, fieldName: 'endpoint', wrapText: true },
    { label: labels.code, fieldName: 'projectCode' },
    {
      label: labels.status,
      fieldName: 'statusLabel',
      cellAttributes: { iconName: { fieldName: 'icon' }, iconAlternativeText: { fieldName: 'statusLabel' } },
    },
    {
      label: labels.lastAuthorized,
      fieldName: 'lastAuthorized',
      type: 'date',
      typeAttributes: {
        year: 'numeric',
        month: 'short',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      },
    },
    {
      label: labels.transfers,
      fieldName: 'transfers',
      type: 'number',
      cellAttributes: { alignment: 'left' },
      initialWidth: 120,
    },
    {
      type: 'action',
      typeAttributes: {
        rowActions: (row, done) => {
          done([
            { label: labels.edit, name: 'edit' },
            {
              label: row.status === AUTHORIZED ? labels.authorizeAgain : labels.authorize,
              name: 'authorize',
            },
          ]);
        },
      },
    },
  ];

  connectedCallback() {
    return this.load();
  }

  get rows() {
    return this.projects.map((project) => ({
      ...project,
      statusLabel: statusLabel(project.status),
      icon: project.status === AUTHORIZED ? 'utility:success' : 'utility:warning',
    }));
  }

  get hasProjects() {
    return this.projects?.length > 0 && !this.isEditing;
  }

  get isEmpty() {
    return this.projects?.length === 0 && !this.isEditing;
  }

  get isEditing() {
    return this.edited !== null;
  }

  get suspended() {
    return (this.projects ?? []).filter(({ status }) => status === 'Suspended');
  }

  async load() {
    this.isLoading = true;
    this.error = null;
    try {
      this.projects = await listProjects();
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }

  handleNew() {
    this.edited = {};
  }

  handleRowAction(event) {
    this.edited = this.projects.find(({ id }) => id === event.detail.row.id);
  }

  /** Saved, though perhaps not authorized: the list is to say so. */
  handleSaved() {
    return this.load();
  }

  handleClose() {
    this.edited = null;
  }
}
