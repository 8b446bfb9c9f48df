import Screen from 'di/screen';
import { openTables } from 'di/choices';
import { asking, call, pathOf, send } from 'di/api';
import { fill, labels } from 'di/labels';
import { objectOptions } from 'di/orgObjects';
import { go, linkTo } from 'di/route';

/** Bytes of a piece: small enough that a bar moves, and that little is sent twice. */
const PIECE = 4_000_000;
const LEVELS = { checking: 'warning', running: 'warning', done: 'good', failed: 'bad' };

/** CSV files into tables, and into objects of Salesforce. */
export default class ImportsScreen extends Screen {
  imports = null;
  projects = [];
  targets = [];
  /** Objects that can be chosen, and whether somebody named them. */
  objects = { isKnown: false, options: [] };
  isCreating = false;
  /** Once what can be chosen is known. */
  isFormReady = false;
  file = null;
  /** Percent of the file that was sent; null while nothing is. */
  sent = null;

  async load() {
    const [{ imports }, { projects }] = await Promise.all([
      call('GET', pathOf('imports')),
      call('GET', pathOf('projects')),
    ]);
    this.imports = imports;
    this.projects = projects.filter(({ isArchived }) => !isArchived);
    await this.openFirstForm(imports);
  }

  get isNewOffered() {
    return !this.isCreating && this.projects.length > 0 && this.may('imports:write');
  }

  get isEmpty() {
    return this.imports?.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.imports?.length > 0;
  }

  get isSending() {
    return this.sent !== null;
  }

  get sendingText() {
    return fill(labels.imports.sendingPercent, this.sent);
  }

  get isCreateDisabled() {
    return this.isBusy || this.file === null || this.targets.length === 0;
  }

  get targetOptions() {
    return this.targets.map(({ label }, index) => ({ value: String(index), label }));
  }

  get target() {
    return this.targets[Number(this.draft.target)];
  }

  get isIntoObject() {
    return this.target?.connection !== undefined;
  }

  get isObjectUnknown() {
    return !this.objects.isKnown;
  }

  async handleTarget(event) {
    this.handleDraft(event);
    const { connection } = this.target;
    if (connection === undefined || !this.may('transfers:read')) return;
    await this.attempt(async () => {
      this.objects = await objectOptions(connection);
    });
  }

  get columns() {
    return [
      { name: 'name', label: labels.imports.file },
      { name: 'target', label: labels.imports.target, isFilter: true },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
      { name: 'rows', label: labels.imports.rows, kind: 'number' },
      { name: 'rejected', label: labels.imports.rejected, kind: 'number' },
      { name: 'createdAt', label: labels.audit.at, kind: 'moment' },
    ];
  }

  get rows() {
    return this.imports.map(({ id, name, object, project, table, status, counts, createdAt }) => ({
      ...{ key: id, name, createdAt, rows: counts.rows, rejected: counts.rejected },
      link: linkTo('imports', id),
      target: object ?? `${project}: ${table}`,
      status: { text: labels.imports.statuses[status], level: LEVELS[status] ?? 'off' },
    }));
  }

  async handleNew() {
    this.isCreating = true;
    this.isFormReady = await this.attempt(async () => {
      const [tables, orgs] = await Promise.all([this.findTables(), this.findOrgs()]);
      this.targets = [...tables, ...orgs];
      this.draft = { target: '0' };
    });
    this.isCreating = this.isFormReady;
  }

  async findTables() {
    const projects = await Promise.all(
      this.projects.map(({ code }) => call('GET', pathOf('projects', code))),
    );
    return projects.flatMap(({ code, tables }) =>
      openTables(tables).map((table) => ({
        project: code,
        table: table.code,
        label: `${code}: ${table.name} (${table.code})`,
      })),
    );
  }

  /** Connections by which an org can be reached. */
  async findOrgs() {
    if (!this.may('connections:read')) return [];
    const { connections } = await call('GET', pathOf('connections'));
    return connections
      .filter(({ status, authorization }) => status === 'active' && authorization === 'authorized')
      .map(({ id, name }) => ({ connection: id, label: fill(labels.importTarget.salesforce, name) }));
  }

  handleCancel() {
    this.isCreating = false;
    this.isFormReady = false;
    this.problem = null;
    this.file = null;
  }

  handleFile(event) {
    const [file] = event.target.files;
    this.file = file ?? null;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { project, table, connection } = this.target;
    const into = this.isIntoObject ? { connection, object: this.draft.object } : { project, table };
    await this.attempt(async () => {
      const { id } = await call('POST', pathOf('imports'), { name: this.file.name, ...into });
      try {
        await this.upload(id);
      } catch (error) {
        await this.forget(id);
        throw error;
      }
      go('imports', id);
    });
    this.sent = null;
  }

  /** An import whose file could not be taken is of no use; why it could not is told rather than this. */
  async forget(id) {
    try {
      await call('DELETE', pathOf('imports', id));
    } catch {
      // It stays in the list, waiting for its file.
    }
  }

  /** Sends the file piece by piece. */
  async upload(id) {
    const { size } = this.file;
    this.sent = 0;
    let offset = 0;
    do {
      const end = Math.min(size, offset + PIECE);
      const path = asking(pathOf('imports', id, 'file'), { offset, last: String(end === size) });
      // eslint-disable-next-line no-await-in-loop -- a piece is sent when the one before has arrived
      await send('PUT', path, this.file.slice(offset, end));
      offset = end;
      this.sent = size === 0 ? 100 : Math.round((100 * offset) / size);
    } while (offset < size);
  }
}
