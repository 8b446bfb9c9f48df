import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { go, linkTo } from 'di/route';
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
  fields = [];

  async load() {
    const { projects } = await call('GET', pathOf('projects'));
    this.projects = projects;
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

  get rows() {
    return this.projects.map((project) => ({
      ...project,
      link: linkTo('projects', project.code),
      typeText: labels.projects.types[project.type],
      statusText: project.isArchived ? labels.projects.archived : labels.projects.open,
    }));
  }

  get typeOptions() {
    return optionsOf(labels.projects.types);
  }

  handleNew() {
    this.draft = { type: 'A' };
    this.fields = USUAL_FIELDS();
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.problem = null;
  }

  handleFields(event) {
    this.fields = event.detail;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name, code, type } = this.draft;
    await this.attempt(
      async () => {
        const contacts = definitionOf(this.fields);
        await call('POST', pathOf('projects'), { name, code, type, contacts });
        go('projects', code);
      },
      fill(labels.projects.created, name),
    );
  }
}
