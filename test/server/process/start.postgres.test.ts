import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { checkSecrets } from '../../../server/src/check-secrets.ts';
import { readEncryptionKeys, type Config } from '../../../server/src/config.ts';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import { SigningKeys } from '../../../server/src/access/signing-keys.ts';
import { AuthorizationSecrets } from '../../../server/src/connections/credentials.ts';
import { ConsentKeys } from '../../../server/src/consent/consent-keys.ts';
import { knexSession } from '../../../server/src/database/session.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { ServerProcess, TEST_KEYS } from '../support/server-process.ts';
import { createScene, startTestServer, admin, type TestServer, type Scene } from '../support/test-server.ts';

const keyOf = (letter: string, id = 'test'): string => `${id}:${Buffer.alloc(32, letter).toString('base64')}`;

describe('the start of a server', () => {
  let postgres: Postgres;
  let control: TestServer;
  let scene: Scene;
  const started: ServerProcess[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
    control = await startTestServer(postgres.url);
    scene = await createScene(control);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.kill()));
    await control.database.knex('di.signing_key').delete();
    await control.database.knex('di.consent_key').delete();
    await control.database.knex('di.alert_channel').delete();
    await control.database.knex('di.salesforce_authorization').delete();
  });
  afterAll(async () => {
    await control.close();
    await postgres.stop();
  });

  async function start(settings: Record<string, string>): Promise<ServerProcess> {
    const server = await ServerProcess.start({ DATABASE_URL: postgres.url, ...settings });
    started.push(server);
    return server;
  }

  const askForToken = (server: ServerProcess): Promise<Response> =>
    fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: scene.keyId,
        client_secret: scene.secret,
        organization_id: '00D000000000001EAA',
      }),
    });

  const box = (): SecretBox => new SecretBox(control.config.encryptionKeys);

  /** Has the database hold something of a kind that the right key has sealed. */
  const seal = {
    'keys that sign access tokens': () => new SigningKeys(control.database.knex, box(), 900).current(),
    'keys of consent': () => new ConsentKeys(box()).signing(knexSession(control.database.knex)),
    'secrets of webhooks': () =>
      admin(control, 'post', '/v1/admin/alert-channels')
        .send({ kind: 'webhook', address: 'https://hooks.example.com/' })
        .expect(201),
    'authorizations of connections': async () => {
      const sealed = new AuthorizationSecrets(box()).sealCredentials(scene.connectionId, {
        kind: 'password',
        password: 'p',
        securityToken: 't',
      });
      await control.database.knex.raw(
        `INSERT INTO di.salesforce_authorization (connection_id, account_id, kind, login_origin, user_name, user_id, organization_id,
           organization, instance_url, sealed_credentials, session_version, authorized_by, authorized_at)
         SELECT id, account_id, 'password', 'https://login.example', 'u', 'u', 'o', '{}', 'https://i.example', ?, 1, 'test', now()
         FROM di.connection WHERE id = ?`,
        [sealed, scene.connectionId],
      );
    },
  };

  const silent = pino({ level: 'silent' });
  const keysOf = (text: string): Config['encryptionKeys'] => {
    const keys = readEncryptionKeys(text);
    if (typeof keys === 'string') throw new Error(keys);
    return keys;
  };

  it.each(Object.keys(seal) as (keyof typeof seal)[])(
    'refuses a wrong encryption key by %s',
    async (kind) => {
      await seal[kind]();
      const check = (text: string): Promise<void> =>
        checkSecrets({ encryptionKeys: keysOf(text) }, control.database, silent);
      await check(TEST_KEYS);
      await check(`${keyOf('n', 'new')},${TEST_KEYS}`);
      await expect(check(keyOf('x'))).rejects.toThrow(
        new RegExp(`${kind}[^\n]* sealed with test, which is another key now`),
      );
      await expect(check(keyOf('n', 'new'))).rejects.toThrow(
        new RegExp(`${kind}[^\n]* sealed with test, which is not among ENCRYPTION_KEYS`),
      );
    },
  );

  it('is refused before it is ready where nothing opens, with what is wrong and without a stack', async () => {
    await seal['secrets of webhooks']();
    const other = await start({ ENCRYPTION_KEYS: keyOf('x') });
    expect(await other.ended()).toBe(1);
    expect(other.output).toMatch(/^ENCRYPTION_KEYS does not open what the database holds:/m);
    expect(other.output).not.toMatch(/listening|^\s+at /m);
  });

  it('does without a signing key that another encryption key has sealed, and says so', async () => {
    await seal['keys that sign access tokens']();
    await control.database.knex.raw(
      `INSERT INTO di.signing_key (id, sealed_secret, signs_from)
       SELECT 'poison', sealed_secret, now() FROM di.signing_key LIMIT 1`,
    );
    const server = await (await start({ ENCRYPTION_KEYS: TEST_KEYS })).ready();
    expect(server.output).toContain('some secrets are done without');
    expect((await askForToken(server)).status).toBe(200);
  });

  it('waits for a database that is not there yet, and begins when it is', async () => {
    const port = await freePort();
    const url = new URL(postgres.url);
    const target = Number(url.port);
    url.port = String(port);
    const server = await start({ DATABASE_URL: url.href, DATABASE_WAIT_SECONDS: '60' });
    while (!server.output.includes('waiting for the database'))
      await once(server.child.stdout ?? server.child, 'data');
    const way = createServer((client) => {
      const upstream = connect(target, '127.0.0.1');
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => way.listen(port, '127.0.0.1', resolve));
    await server.ready();
    await server.kill();
    await new Promise((resolve) => way.close(resolve));
  });

  it('is given up in one clear line where there is none, or none that lets it in', async () => {
    const port = await freePort();
    const absent = await start({
      DATABASE_URL: `postgresql://di:secret@127.0.0.1:${port}/di`,
      DATABASE_WAIT_SECONDS: '1',
    });
    expect(await absent.ended()).toBe(1);
    expect(absent.output).toMatch(
      new RegExp(
        `The database at 127.0.0.1:${port}/di did not become ready within 1 seconds: .*ECONNREFUSED`,
      ),
    );
    expect(absent.output).not.toMatch(/secret|^\s+at /m);
    const unknown = await start({ DATABASE_URL: `${postgres.url}_of_nobody` });
    expect(await unknown.ended()).toBe(1);
    expect(unknown.output).toMatch(/The database at .* refuses the server: .*does not exist/);
    expect(unknown.output).not.toMatch(/^\s+at /m);
  });

  it('reads the file of settings that it is told of, and the environment goes before it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-settings-'));
    const file = path.join(folder, '.env');
    writeFileSync(file, 'ADMIN_TOKEN=short\nPORT=1\n');
    const main = path.join(import.meta.dirname, '../../../server/src/main.ts');
    const run = async (environment: NodeJS.ProcessEnv): Promise<string> => {
      const child = spawn(process.execPath, ['--import', 'tsx', main, `--env-file-if-exists=${file}`], {
        env: { PATH: process.env.PATH, DATA_DIR: folder, ...environment },
      });
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      await once(child, 'close');
      return output;
    };
    expect(await run({ ROLE: 'nobody' })).toMatch(/ROLE[^]*ADMIN_TOKEN|ADMIN_TOKEN[^]*ROLE/);
    expect(
      await run({ ROLE: 'nobody', ADMIN_TOKEN: 'a-token-of-more-than-thirty-two-characters' }),
    ).not.toContain('ADMIN_TOKEN');
    rmSync(folder, { recursive: true });
  });
});
