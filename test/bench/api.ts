import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { freePort } from '../server/support/free-port.ts';
import { FIELDS } from './records.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const MAIN = path.join(ROOT, 'server/src/main.ts');
/** One for all servers of a run: they share a database, and what is sealed in it. */
const ENCRYPTION_KEYS = `bench:${randomBytes(32).toString('base64')}`;
const ORGANIZATION = '00D000000000001EAA';
/** A token is good for a quarter of an hour. */
const TOKEN_MILLISECONDS = 600_000;

/** The server in a process of its own, as it runs in production, with a project for contacts of 20 fields. */
export interface Api {
  readonly url: string;
  /** The operator's. */
  readonly adminToken: string;
  readonly project: string;
  /** The project's table in SQL. */
  readonly table: string;
  /** Of its process. */
  readonly pid: number;
  /** Sends a batch; answers how many milliseconds it took. */
  send(body: string): Promise<number>;
  /** Bytes that the process holds. */
  residentMemory(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts the server on a database; null means the embedded one.
 *
 * @param environment of the server beside what every run has
 */
export async function startApi(
  databaseUrl: string | null,
  environment: Readonly<Record<string, string>> = {},
): Promise<Api> {
  const port = await freePort();
  const adminToken = randomBytes(32).toString('hex');
  const child = fork(MAIN, [], {
    execArgv: [
      ...startFlags(),
      ...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []),
      '--import',
      'tsx',
      ...profiling(),
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PORT: String(port),
      ADMIN_TOKEN: adminToken,
      ENCRYPTION_KEYS,
      DATA_DIR: path.join('build', 'bench', String(port)),
      BATCHES_PER_MINUTE: '1000000',
      EVENT_CALLS_PER_MINUTE: '1000000',
      ...environment,
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  const project = `B${randomBytes(4).toString('hex')}`;
  const { keys, first } = await ready(url)
    .then(() => setUp(url, adminToken, project))
    .catch(async (error: unknown) => {
      await stop();
      throw error;
    });
  let token = first;
  const renewing = setInterval(() => {
    void askToken(url, keys).then((fresh) => (token = fresh));
  }, TOKEN_MILLISECONDS);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const admin = { authorization: `Bearer ${adminToken}` };
  return {
    url,
    adminToken,
    project,
    pid: child.pid ?? 0,
    table: `"p_${project}"."Contact"`.toLowerCase().replace('contact', 'Contact'),
    send: (body) => postBatch(agent, `${url}/v1/tables/Contact/batches`, token, body),
    residentMemory: async () => {
      const text = await (await fetch(`${url}/metrics`, { headers: admin })).text();
      return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? 0);
    },
    stop: async () => {
      clearInterval(renewing);
      agent.destroy();
      await stop();
    },
  };
}

/** What `npm start` tells Node.js. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.match(/--max-\S+/g) ?? [];
}

/** BENCH_CPU_PROFILE names a folder for a profile of the server, to be opened in a browser's developer tools. */
function profiling(): string[] {
  const folder = process.env.BENCH_CPU_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt++) {
    const answer = await fetch(`${url}/ready`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The server did not start.');
}

/** The keys of a connection. */
interface Keys {
  readonly id: string;
  readonly keyId: string;
  readonly secret: string;
}

async function setUp(
  url: string,
  adminToken: string,
  project: string,
): Promise<{ readonly keys: Keys; readonly first: string }> {
  const di = new DiConnect(url, adminToken);
  const fields = FIELDS.map(({ salesforceField: _field, ...field }) => field);
  await di.call('POST', '/v1/admin/projects', {
    code: project,
    name: 'Benchmark',
    type: 'A',
    contacts: { primaryKey: ['email'], fields },
  });
  await di.call('POST', `/v1/admin/projects/${project}/build`, {});
  const keys = await di.call<Keys>('POST', '/v1/admin/connections', { project, name: 'Benchmark' });
  const mapping = FIELDS.map(({ salesforceField, name }) => ({ salesforceField, column: name }));
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    connection: keys.id,
    table: 'Contact',
    object: 'Contact',
    mapping,
  });
  await di.call('POST', `/v1/admin/transfers/${id}/activate`, {});
  const first = await askToken(url, keys);
  await new DiConnect(url, first).call('POST', '/v1/plugin/authorize', { organizationId: ORGANIZATION });
  return { keys, first };
}

async function askToken(url: string, { keyId, secret }: Keys): Promise<string> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: keyId,
      client_secret: secret,
      organization_id: ORGANIZATION,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}

/** Posts a batch; answers how many milliseconds it took. */
export function postBatch(agent: http.Agent, url: string, token: string, body: string): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': randomBytes(12).toString('hex'),
      },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        const milliseconds = performance.now() - started;
        // A batch that was not taken whole would be fast for the wrong reason.
        if (response.statusCode === 200 && /"rejected" ?: ?\[\]/.test(text)) resolve(milliseconds);
        else reject(new Error(`${response.statusCode ?? ''} ${text.slice(0, 500)}`));
      });
    });
    request.end(body);
  });
}
