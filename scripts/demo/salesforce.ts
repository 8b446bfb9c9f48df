import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import jsforce from 'jsforce';
import { COMPILED_FLAGS, compiledProgram } from '../programs/compiled-program.ts';

/** A local org in a process of its own: its Apex waits for callouts, and nobody else should have to. */
export interface OrgProcess {
  readonly url: string;
  connect(): Promise<Salesforce>;
  stop(): Promise<void>;
}

const MAIN = path.join(import.meta.dirname, '../../test/local-org/main.ts');
const PACKAGE = 'force-app';

/**
 * Starts a local org with the package in it, and other source beside it, allowed to call out to these addresses.
 *
 * @param publicUrl where it says that it is, if a proxy stands in front of it
 */
export async function startOrg(
  remoteSites: readonly string[],
  port = 0,
  sources: readonly string[] = [],
  publicUrl?: string,
): Promise<OrgProcess> {
  const sites = remoteSites.flatMap((site) => ['--remote-site', site]);
  const program = await compiledProgram(MAIN);
  const proxied = publicUrl === undefined ? [] : ['--url', publicUrl];
  const flags = ['--port', String(port), ...proxied, ...sites];
  const child = fork(program, ['serve', ...flags, PACKAGE, ...sources], {
    execArgv: COMPILED_FLAGS,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await addressOf(child);
  return {
    url,
    connect: () => connect(url),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { url: string }) => {
      resolve(message.url);
    });
    child.once('exit', (code) => {
      reject(new Error(`The local org ended with code ${code ?? 'none'} before it was ready.`));
    });
  });
}

interface SaveResult {
  readonly success: boolean;
  readonly id?: string;
  readonly errors: readonly { readonly message?: string }[];
}

/** An org as an admin's own tools reach it. */
export class Salesforce {
  readonly connection: jsforce.Connection;

  constructor(connection: jsforce.Connection) {
    this.connection = connection;
  }

  get token(): string {
    return this.connection.accessToken ?? '';
  }

  /** Creates one record; answers its id. */
  async create(object: string, record: Record<string, unknown>): Promise<string> {
    const [id] = await this.createAll(object, [record]);
    if (id === undefined) throw new Error(`${object} was not created.`);
    return id;
  }

  /** Creates records by sObject Collections, 200 a call; answers their ids in order. */
  async createAll(
    object: string,
    records: readonly Record<string, unknown>[],
    progress?: (done: number) => void,
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let start = 0; start < records.length; start += 200) {
      const results: readonly SaveResult[] = [
        await this.connection.sobject(object).create(records.slice(start, start + 200)),
      ].flat();
      for (const result of results) {
        if (!result.success || result.id === undefined)
          throw new Error(`${object}: ${result.errors.map((error) => error.message).join(', ')}`);
        ids.push(result.id);
      }
      progress?.(ids.length);
    }
    return ids;
  }

  async update(object: string, record: { Id: string } & Record<string, unknown>): Promise<void> {
    await this.connection.sobject(object).update(record);
  }

  /** Gives a user a permission set. */
  async assign(permissionSet: string, userName: string): Promise<void> {
    const set = await this.connection.query<{ Id: string }>(
      `SELECT Id FROM PermissionSet WHERE Name = '${permissionSet}'`,
    );
    const user = await this.connection.query<{ Id: string }>(
      `SELECT Id FROM User WHERE Username = '${userName}'`,
    );
    await this.create('PermissionSetAssignment', {
      AssigneeId: user.records[0]?.Id,
      PermissionSetId: set.records[0]?.Id,
    });
  }

  async setPassword(userId: string, password: string): Promise<void> {
    await this.connection.request({
      method: 'POST',
      url: `/sobjects/User/${userId}/password`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ NewPassword: password }),
    });
  }

  async delete(object: string, id: string): Promise<void> {
    await this.connection.sobject(object).destroy(id);
  }

  /** Calls an @AuraEnabled method, as the package's screens do. */
  async callApex<T>(className: string, method: string, parameters: Record<string, unknown>): Promise<T> {
    return this.connection.request<T>({
      method: 'POST',
      url: `${this.connection.instanceUrl}/local/apex/${className}/${method}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters),
    });
  }

  /** What waits in the org, and what its transactions have used. */
  async status(): Promise<OrgStatus> {
    return this.connection.request<OrgStatus>(`${this.connection.instanceUrl}/local/status`);
  }
}

export interface OrgStatus {
  readonly jobsWaiting: number;
  readonly eventsWaiting: number;
  readonly callouts: number;
  readonly failedJobs: number;
  readonly apiCalls: number;
  readonly limitsUsed: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Logs the administrator of a local org in. */
export async function connect(url: string): Promise<Salesforce> {
  const connection = new jsforce.Connection({ loginUrl: url, version: '65.0' });
  await connection.login('admin@local.org', 'local');
  return new Salesforce(connection);
}
