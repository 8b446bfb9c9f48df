import Screen, { tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { go, goWith, linkTo } from 'di/route';
import { definitionOf, emptyField } from 'di/fieldRows';

/** What most contacts have; each can be changed or taken out before anything is made of it. */
const USUAL_FIELDS = () => [
  { ...emptyField('email', 'email'), label: labels.projects.usual.email, required: true, isKey: true },
  { ...emptyField('first_name', 'text'), label: labels.projects.usual.firstName },
  { ...emptyField('last_name', 'text'), label: labels.projects.usual.lastName },
];

/** Projects of the account, and the making of one with its contacts table. */
export default class ProjectsScreen extends Screen {
  projects = null;
  isCreating = false;
  keptAs = 'new project';

  async load() {
    const { projects } = await call('GET', pathOf('projects'));
    this.projects = projects;
    await this.openFirstForm(this.projects);
  }

  get isNewOffered() {
    return !this.isCreating && this.may('projects:write');
  }

  get isEmpty() {
    return this.projects?.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.projects?.length > 0;
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'code', label: labels.projects.code },
      { name: 'typeText', label: labels.projects.type, isFilter: true },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
    ];
  }

  get rows() {
    return this.projects.map(({ code, name, type, isArchived }) => ({
      ...{ key: code, code, name, link: linkTo('projects', code) },
      typeText: labels.projects.types[type],
      status: isArchived
        ? { text: labels.projects.archived, level: 'off' }
        : { text: labels.projects.open, level: 'good' },
    }));
  }

  get typeOptions() {
    return optionsOf(labels.projects.types);
  }

  handleNew() {
    this.beginDraft({ type: 'A', fields: USUAL_FIELDS() });
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.endDraft();
    this.problem = null;
  }

  handleFields(event) {
    this.changeDraft({ fields: event.detail });
  }

  /** The project's own screen builds: it shows a plan that cannot be carried out. */
  async handleCreate() {
    const made = await this.create();
    if (made !== null) goWith({ isBuilding: true }, 'projects', made.code);
  }

  async handleCreateOnly() {
    const made = await this.create();
    if (made === null) return;
    tell(fill(labels.projects.created, made.name));
    go('projects', made.code);
  }

  /** Answers what was made; null where nothing was. */
  async create() {
    if (!this.isFilled()) return null;
    const { name, code, type, fields } = this.draft;
    const isMade = await this.attempt(async () => {
      const contacts = definitionOf(fields);
      await call('POST', pathOf('projects'), { name, code, type, contacts });
      this.endDraft();
    });
    return isMade ? { name, code } : null;
  }
}
