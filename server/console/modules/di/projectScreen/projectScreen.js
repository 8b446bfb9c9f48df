import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { carried, linkTo } from 'di/route';
import { definitionOf, emptyField } from 'di/fieldRows';

/** A project: its tables, what a build would do to them, and the building. */
export default class ProjectScreen extends Screen {
  project = null;
  plan = { steps: [], isPossible: true };
  isCreating = false;
  fields = [];

  get code() {
    return this.route.params.project;
  }

  async load() {
    const [project, plan] = await Promise.all([
      call('GET', pathOf('projects', this.code)),
      call('GET', pathOf('projects', this.code, 'build')),
    ]);
    this.project = project;
    this.plan = plan;
  }

  /** Who made it with its tables has asked for the build already. */
  async connectedCallback() {
    const isBuilding = carried()?.isBuilding;
    await super.connectedCallback();
    if (isBuilding && this.project !== null && this.isBuildWanted && this.isBuildOffered)
      await this.handleBuild();
  }

  get heading() {
    return this.project?.name ?? this.code;
  }

  get hint() {
    if (!this.project) return '';
    const type = labels.projects.types[this.project.type];
    return this.isOpen ? `${this.code} · ${type}` : `${this.code} · ${type} · ${labels.projects.archived}`;
  }

  get isOpen() {
    return !this.project.isArchived;
  }

  get isChangeable() {
    return this.project !== null && this.may('projects:write');
  }

  get isNewOffered() {
    return this.isChangeable && this.isOpen && !this.isCreating;
  }

  get isDuplicatesShown() {
    return this.may('rows:read');
  }

  get isSqlShown() {
    return this.may('access:read');
  }

  get isBuildWanted() {
    return this.plan.steps.length > 0;
  }

  get isBuildOffered() {
    return this.plan.isPossible && this.isChangeable && this.isOpen;
  }

  get buildText() {
    return this.plan.isPossible ? labels.build.hint : labels.build.refusedHint;
  }

  get tables() {
    return this.project.tables.map((table) => ({
      ...table,
      link: linkTo('projects', this.code, table.code),
      rowsLink: linkTo('projects', this.code, table.code, 'rows'),
      rowsLabel: fill(labels.tables.rowsOf, table.name),
      keyText: table.primaryKey.join(', '),
      fieldCount: table.fields.filter(({ isArchived }) => !isArchived).length,
      statusText: table.isArchived
        ? labels.projects.archived
        : table.isBuilt
          ? labels.tables.built
          : labels.tables.notBuilt,
    }));
  }

  async handleBuild() {
    await this.attempt(async () => {
      await call('POST', pathOf('projects', this.code, 'build'));
      await this.load();
    }, labels.build.done);
  }

  async handleArchive() {
    await this.attempt(async () => {
      await call('POST', pathOf('projects', this.code, 'archive'));
      await this.load();
    }, labels.projects.archivedDone);
  }

  async handleRestore() {
    await this.attempt(async () => {
      await call('POST', pathOf('projects', this.code, 'restore'));
      await this.load();
    }, labels.projects.restoredDone);
  }

  handleNew() {
    this.draft = {};
    this.fields = [{ ...emptyField('id'), isKey: true, required: true }];
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
  }

  handleFields(event) {
    this.fields = event.detail;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name, code } = this.draft;
    await this.attempt(
      async () => {
        await call('POST', pathOf('projects', this.code, 'tables'), {
          name,
          code,
          ...definitionOf(this.fields),
        });
        this.isCreating = false;
        await this.load();
      },
      fill(labels.tables.created, name),
    );
  }
}
