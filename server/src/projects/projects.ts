import { say } from '../messages/message.ts';
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import type { BuiltTable } from './tables.ts';

/** A: contacts come from Salesforce. B: contacts are acquired in DI and created in Salesforce. AB: both. */
export const PROJECT_TYPES = ['A', 'B', 'AB'] as const;
export type ProjectType = (typeof PROJECT_TYPES)[number];

export interface Project {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: ProjectType;
  /** The PostgreSQL schema of its tables. */
  readonly schemaName: string;
  readonly isArchived: boolean;
}

interface ProjectRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: ProjectType;
  readonly schema_name: string;
  readonly archived_at: Date | null;
}

/** Projects of one account. */
export class Projects {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a project without tables. */
  async create(project: { code: string; name: string; type: ProjectType }): Promise<Project> {
    const same = await this.#all()
      .whereRaw('lower(code) = lower(?)', [project.code])
      .first<ProjectRow | undefined>();
    if (same) throw conflict('project-exists', say('projects.project-exists', { project: same.code }));
    // Another account may have a project of the same code: its schema has the plain name then.
    const plain = `p_${project.code.toLowerCase()}`;
    for (const schemaName of [plain, `${plain}_${randomBytes(4).toString('hex')}`]) {
      const [row] = await this.#knex('di.project')
        .insert({ account_id: this.#accountId, ...project, schema_name: schemaName })
        .onConflict()
        .ignore()
        .returning<ProjectRow[]>('*');
      if (row) return projectOf(row);
    }
    throw conflict('project-exists', say('projects.project-exists', { project: project.code }));
  }

  async list(): Promise<Project[]> {
    const rows = await this.#all().orderBy('created_at').select<ProjectRow[]>();
    return rows.map(projectOf);
  }

  async find(code: string): Promise<Project> {
    const row = await this.#all().where({ code }).first<ProjectRow | undefined>();
    if (!row) throw notFound(`project ${code}`);
    return projectOf(row);
  }

  async findById(id: string): Promise<Project> {
    const row = await this.#all().where({ id }).first<ProjectRow | undefined>();
    if (!row) throw notFound(`project ${id}`);
    return projectOf(row);
  }

  /** A project that takes changes. Throws a 422 problem for an archived one. */
  async findOpen(code: string): Promise<Project> {
    const project = await this.find(code);
    if (project.isArchived)
      throw unprocessable('project-archived', say('projects.project-archived', { project: code }));
    return project;
  }

  async change(
    code: string,
    change: { name?: string | undefined; type?: ProjectType | undefined },
  ): Promise<Project> {
    return this.#update(code, change);
  }

  /** An archived project keeps everything and takes no batches. */
  async setArchived(code: string, isArchived: boolean): Promise<Project> {
    return this.#update(code, { archived_at: isArchived ? new Date() : null });
  }

  /** Tables as they were built, without archived ones. */
  async builtTables(projectId: string): Promise<BuiltTable[]> {
    return this.#built(projectId, (query) => query.whereNull('archived_at'));
  }

  /** Every table that holds rows, archived ones too. */
  async tablesWithRows(projectId: string): Promise<BuiltTable[]> {
    return this.#built(projectId, (query) => query);
  }

  async #built(
    projectId: string,
    narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
  ): Promise<BuiltTable[]> {
    const rows = await this.#knex('di.project_table')
      .where({ project_id: projectId })
      .whereNotNull('built')
      .modify((query) => void narrow(query))
      .orderBy('created_at')
      .orderBy('code')
      .select<{ id: string; name: string; built: Omit<BuiltTable, 'id' | 'name'> }[]>('id', 'name', 'built');
    return rows.map((row) => ({ id: row.id, name: row.name, ...row.built }));
  }

  async builtTable(project: Project, code: string): Promise<BuiltTable> {
    const tables = await this.builtTables(project.id);
    const found = tables.find((table) => table.code === code);
    if (found) return found;
    const defined = await this.#knex('di.project_table')
      .where({ project_id: project.id, code })
      .first<{ archived_at: Date | null } | undefined>();
    if (!defined) throw notFound(`table ${code} in this project`);
    if (defined.archived_at !== null)
      throw unprocessable('table-archived', say('projects.table-archived', { table: code }));
    throw unprocessable('table-not-built', say('projects.not-built'));
  }

  /** What is undefined stays as it is. */
  async #update(code: string, change: Record<string, unknown>): Promise<Project> {
    const [row] = await this.#all().where({ code }).update(change).returning<ProjectRow[]>('*');
    if (!row) throw notFound(`project ${code}`);
    return projectOf(row);
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.project').where({ account_id: this.#accountId });
  }
}

function projectOf(row: ProjectRow): Project {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    type: row.type,
    schemaName: row.schema_name,
    isArchived: row.archived_at !== null,
  };
}
