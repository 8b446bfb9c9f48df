import { setTimeout as pause } from 'node:timers/promises';
import { differences, uniqueName, type Ground, type Load } from '../load.ts';

const PROJECT = 'FILES';
const ROWS = 300;

/** Somebody who imports a file now and then, each with new rows and with rows of the file before. */
export async function files({ calls, di, adminToken: token }: Ground): Promise<Load> {
  await di.call('POST', '/v1/admin/projects', {
    code: PROJECT,
    name: 'Files',
    type: 'B',
    contacts: {
      primaryKey: ['email'],
      fields: [
        { name: 'email', type: 'email', required: true },
        { name: 'last_name', type: 'text', length: 80 },
      ],
    },
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
  const wanted = new Map<string, string>();
  let imports = 0;

  async function bring(csv: string): Promise<string> {
    const created = await calls.untilDone(() => ({
      method: 'POST',
      path: '/v1/admin/imports',
      token,
      body: { name: 'people.csv', project: PROJECT, table: 'Contact' },
    }));
    const path = `/v1/admin/imports/${String(created.body.id)}`;
    // What broke off goes on from the bytes that have come; a file that has come whole is not sent again.
    for (;;) {
      const shown = await calls.untilDone(() => ({ method: 'GET', path, token }));
      if (shown.body.status !== 'uploading') break;
      const offset = Number(shown.body.bytes);
      const sent = await calls.once({
        method: 'PUT',
        path: `${path}/file?offset=${offset}&last=true`,
        token,
        body: csv.slice(offset),
      });
      if (sent.status >= 400) await pause(500);
    }
    await start(path);
    return path;
  }

  /** Started twice, since the first answer was lost, it has begun all the same. */
  async function start(path: string): Promise<void> {
    for (;;) {
      const sent = await calls.once({ method: 'POST', path: `${path}/start`, token });
      if (sent.status < 400 || sent.code === 'wrong-status') return;
      await pause(500);
    }
  }

  return {
    name: 'files',
    pause: 10_000,
    act: async () => {
      imports += 1;
      const name = uniqueName('file');
      // Half of the rows are those of the file before.
      const first = (imports - 1) * (ROWS / 2);
      const rows = Array.from({ length: ROWS }, (_, index) => `reader${first + index}@files.example`);
      const path = await bring(`email,last_name\n${rows.map((email) => `${email},${name}`).join('\n')}\n`);
      for (;;) {
        const shown = await calls.untilDone(() => ({ method: 'GET', path, token }));
        if (shown.body.status === 'done') break;
        if (!['ready', 'checking', 'running', 'waiting'].includes(String(shown.body.status)))
          throw new Error(`The import is ${String(shown.body.status)}: ${String(shown.body.message)}`);
        await pause(500);
      }
      for (const email of rows) wanted.set(email, name);
    },
    check: async () => {
      const found: [string, string][] = [];
      let after: string | null = null;
      do {
        const page: { rows: Record<string, unknown>[]; next: string | null } = await di.call(
          'GET',
          `/v1/admin/projects/${PROJECT}/tables/Contact/rows?limit=1000${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
        );
        found.push(...page.rows.map((row): [string, string] => [String(row.email), String(row.last_name)]));
        after = page.next;
      } while (after !== null);
      return differences('rows of files', wanted, found);
    },
  };
}
