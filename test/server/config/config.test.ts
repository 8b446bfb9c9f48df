import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig, readEncryptionKeys } from '../../../server/src/config.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');

describe('the environment', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'di-connect-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('may be empty: the embedded database makes its secrets, and finds them again', () => {
    const first = readConfig({ DATA_DIR: folder });
    const second = readConfig({ DATA_DIR: folder });
    expect(second).toEqual(first);
    expect(first.databaseUrl).toBeNull();
    expect(statSync(path.join(folder, 'admin_token.secret')).mode & 0o777).toBe(0o600);
  });

  it('that is not usable is refused with every fault named', () => {
    const faulty = {
      PORT: 'x',
      ROLE: 'boss',
      DATABASE_URL: 'postgres://h/d',
      ADMIN_TOKEN: 'short',
      LOG_LEVEL: 'loud',
    };
    expect(() => readConfig(faulty)).toThrow(
      /PORT[^]*ROLE[^]*ADMIN_TOKEN[^]*LOG_LEVEL[^]*ENCRYPTION_KEYS: required with DATABASE_URL/,
    );
  });

  it('names who alerts are from where they go by mail, and writes them to files otherwise', () => {
    expect(() => readConfig({ SMTP_URL: 'smtp://mail.example.com', DATA_DIR: folder })).toThrow(/ALERT_FROM/);
    expect(() => readConfig({ SMTP_URL: 'https://mail.example.com', DATA_DIR: folder })).toThrow(/SMTP_URL/);
    expect(readConfig({ DATA_DIR: folder }).alerts).toMatchObject({ smtpUrl: null, privateHosts: [] });
    const given = { SMTP_URL: 'smtps://u:p@mail.example.com', ALERT_FROM: 'DI <di@example.com>' };
    expect(
      readConfig({ ...given, ALERT_PRIVATE_HOSTS: 'Hooks.inside:8080, 10.0.0.1', DATA_DIR: folder }).alerts,
    ).toEqual({
      smtpUrl: given.SMTP_URL,
      from: given.ALERT_FROM,
      privateHosts: ['hooks.inside:8080', '10.0.0.1'],
    });
  });

  it('names the identity provider that people sign in by, or none', () => {
    expect(readConfig({ DATA_DIR: folder })).toMatchObject({ signOn: null, passwords: 'everybody' });
    const given = { DATA_DIR: folder, OIDC_ISSUER: 'https://login.example.com/acme', OIDC_CLIENT_ID: 'di' };
    expect(readConfig(given).signOn).toEqual({
      issuer: 'https://login.example.com/acme',
      clientId: 'di',
      clientSecret: null,
      name: 'login.example.com',
      account: 'default',
      domains: new Map(),
    });
    const more = { OIDC_NAME: 'Acme', OIDC_DOMAINS: 'Acme.example:marketer, acme.example.org:viewer' };
    expect(readConfig({ ...given, ...more, PASSWORD_SIGN_IN: 'owners' })).toMatchObject({
      signOn: {
        name: 'Acme',
        domains: new Map([
          ['acme.example', 'marketer'],
          ['acme.example.org', 'viewer'],
        ]),
      },
      passwords: 'owners',
    });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ OIDC_ISSUER: 'https://login.example.com' }, /OIDC_CLIENT_ID: required/],
    [{ OIDC_ISSUER: 'http://login.example.com', OIDC_CLIENT_ID: 'di' }, /OIDC_ISSUER: https/],
    [{ OIDC_CLIENT_ID: 'di', OIDC_DOMAINS: 'a.example:viewer' }, /OIDC_CLIENT_ID[^]*OIDC_DOMAINS: of no use/],
    [{ PASSWORD_SIGN_IN: 'nobody' }, /PASSWORD_SIGN_IN: without OIDC_ISSUER/],
    [{ OIDC_DOMAINS: 'a.example:owner' }, /OIDC_DOMAINS: domain:role/],
    [{ OIDC_DOMAINS: 'a.example' }, /OIDC_DOMAINS: domain:role/],
    [{ OIDC_DOMAINS: 'viewer' }, /OIDC_DOMAINS: domain:role/],
    [{ OIDC_DOMAINS: 'a.example:viewer,' }, /OIDC_DOMAINS: domain:role/],
  ])('that names an identity provider wrongly is refused: %j', (given, fault) => {
    expect(() => readConfig({ DATA_DIR: folder, ...given })).toThrow(fault);
  });

  it('names the app in Salesforce and the package that is installed there, or neither', () => {
    expect(readConfig({ DATA_DIR: folder })).toMatchObject({ salesforceApp: null, packageVersion: null });
    const given = {
      DATA_DIR: folder,
      SALESFORCE_CLIENT_ID: 'app',
      PACKAGE_VERSION_ID: '04t000000000001AAA',
      PACKAGE_VERSION: '1.2.0',
    };
    expect(readConfig(given)).toMatchObject({
      salesforceApp: { clientId: 'app', clientSecret: null },
      packageVersion: { id: '04t000000000001AAA', number: '1.2.0' },
    });
    for (const [name, value] of [
      ['PACKAGE_VERSION_ID', '0Ho000000000001AAA'],
      ['PACKAGE_VERSION', 'newest'],
    ] as const)
      expect(() => readConfig({ ...given, [name]: value })).toThrow(name);
    expect(() => readConfig({ DATA_DIR: folder, SALESFORCE_CLIENT_SECRET: 'secret' })).toThrow(
      'SALESFORCE_CLIENT_ID',
    );
  });

  it('makes no secret up for a real database', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://h/d' })).toThrow(
      /ADMIN_TOKEN: required with DATABASE_URL\n {2}ENCRYPTION_KEYS: required with DATABASE_URL/,
    );
  });

  it.each([
    ['is empty', ''],
    ['was cut', 'abcdef'],
  ])('is refused where a file of secrets %s, and nothing is made in its place', (_how, text) => {
    readConfig({ DATA_DIR: folder });
    for (const name of ['admin_token', 'encryption_keys'])
      writeFileSync(path.join(folder, `${name}.secret`), text);
    expect(() => readConfig({ DATA_DIR: folder })).toThrow(
      /ADMIN_TOKEN: .*admin_token.secret (is empty|does not hold)[^]*ENCRYPTION_KEYS: .*encryption_keys.secret (is empty|does not hold)/,
    );
    expect(readFileSync(path.join(folder, 'encryption_keys.secret'), 'utf8')).toBe(text);
  });

  it('makes no new encryption key beside a database that a lost one has sealed', () => {
    readConfig({ DATA_DIR: folder });
    mkdirSync(path.join(folder, 'postgres'));
    rmSync(path.join(folder, 'encryption_keys.secret'));
    expect(() => readConfig({ DATA_DIR: folder })).toThrow(/encryption_keys.secret is missing/);
    expect(existsSync(path.join(folder, 'encryption_keys.secret'))).toBe(false);
    // Whoever has the key may say it, and a token that is lost is just made again.
    rmSync(path.join(folder, 'admin_token.secret'));
    expect(readConfig({ DATA_DIR: folder, ENCRYPTION_KEYS: `a:${KEY}` }).adminToken).toHaveLength(43);
  });

  it('takes a secret that an editor has given a line’s end', () => {
    const { adminToken } = readConfig({ DATA_DIR: folder });
    writeFileSync(path.join(folder, 'admin_token.secret'), `${adminToken}\n`);
    expect(readConfig({ DATA_DIR: folder }).adminToken).toBe(adminToken);
  });

  it.each([
    ['short', 'a'],
    ['of one character', 'a'.repeat(64)],
    ['with spaces', 'correct horse battery staple, and some more of it'],
  ])('refuses an operator’s token that is %s', (_what, token) => {
    expect(() => readConfig({ DATA_DIR: folder, ADMIN_TOKEN: token })).toThrow(/ADMIN_TOKEN/);
  });

  it('leaves time between the notice and the end', () => {
    const given = { DATA_DIR: folder, SHUTDOWN_SECONDS: '5' };
    expect(() => readConfig({ ...given, SHUTDOWN_NOTICE_SECONDS: '5' })).toThrow(/SHUTDOWN_NOTICE_SECONDS/);
    expect(readConfig(given)).toMatchObject({ shutdownSeconds: 5, shutdownNoticeSeconds: 3 });
    expect(readConfig({ ...given, SHUTDOWN_SECONDS: '2' })).toMatchObject({ shutdownNoticeSeconds: 1 });
  });

  it('runs no worker alone on an embedded database, which is one process’s', () => {
    expect(() => readConfig({ ROLE: 'worker', DATA_DIR: folder })).toThrow(/ROLE/);
  });

  it.each([
    ['no id', KEY],
    ['a short key', 'a:AAAA'],
    ['twins', `a:${KEY},a:${KEY}`],
    ['nothing', ''],
  ])('refuses encryption keys with %s', (_what, text) => {
    expect(readEncryptionKeys(text)).toMatch(/^ENCRYPTION_KEYS: /);
  });

  it('takes several encryption keys, in base64 of either alphabet', () => {
    const keys = readEncryptionKeys(`new:${Buffer.alloc(32, 255).toString('base64url')}, old:${KEY}`);
    expect(keys).toMatchObject([{ id: 'new' }, { id: 'old' }]);
  });
});
