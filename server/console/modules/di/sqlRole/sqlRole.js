import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';

/** A project's user of the database: given, given a new password, and taken away. */
export default class SqlRole extends Form {
  /** Code of the project. */
  @api project;
  @api isArchived = false;
  /** `{ role, isPossible }`, as the API answers it; null before it did. */
  standing = null;
  /** Of the role, as long as it can be shown. */
  password = null;
  /** What the role may do beyond reading, as told when it was given. */
  warnings = [];

  async connectedCallback() {
    await this.attempt(() => this.load());
  }

  get path() {
    return pathOf('projects', this.project, 'sql-role');
  }

  async load() {
    this.standing = await call('GET', this.path);
  }

  get isChangeable() {
    return this.may('access:write');
  }

  /** An archived project gives nothing any more, but what it gave can be taken away. */
  get isGivable() {
    return this.isChangeable && this.standing?.isPossible === true && !this.isArchived;
  }

  get role() {
    return this.standing?.role ?? null;
  }

  get noneText() {
    if (this.standing === null) return '';
    return this.standing.isPossible ? labels.sqlRole.none : labels.sqlRole.notPossible;
  }

  get line() {
    return `psql "host=HOST dbname=DATABASE user=${this.role}"`;
  }

  async handleGive() {
    await this.attempt(async () => {
      const { role, password, warnings } = await call('POST', this.path);
      this.standing = { ...this.standing, role };
      this.password = password;
      this.warnings = warnings;
    });
  }

  async handleRemove() {
    await this.attempt(async () => {
      await call('DELETE', this.path);
      this.password = null;
      this.warnings = [];
      await this.load();
    }, labels.sqlRole.removed);
  }
}
