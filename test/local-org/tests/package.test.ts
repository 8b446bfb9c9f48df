import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = path.dirname(import.meta.dirname);
const NAMES = z.record(z.string(), z.string());
const PACKAGE = z
  .object({ dependencies: NAMES, devDependencies: NAMES })
  .parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));

/** Every import of a file: what it names, and the file. */
function importsBelow(folder: string): { file: string; name: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const found = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport\(?) ?'([^']+)'/g);
      return [...found].map(([, each = '']) => ({ file, name: each }));
    });
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

describe('the package', () => {
  it('imports nothing from outside its folder', () => {
    const outside = importsBelow(ROOT)
      .filter(({ name }) => name.startsWith('.'))
      .filter(({ file, name }) =>
        path.relative(ROOT, path.resolve(path.dirname(file), name)).startsWith('..'),
      );
    expect(outside).toEqual([]);
  });

  it('depends on what it imports, and no more', () => {
    const imported = importsBelow(ROOT).filter(
      ({ name }) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name),
    );
    const names = (isTest: boolean): string[] =>
      [
        ...new Set(
          imported
            .filter(({ file }) => path.relative(ROOT, file).startsWith('tests') === isTest)
            .map(({ name }) => packageOf(name)),
        ),
      ].sort();
    // What the command line is run by is imported by no TypeScript.
    expect(Object.keys(PACKAGE.dependencies).sort()).toEqual([...names(false), 'tsx'].sort());
    const known = { ...PACKAGE.dependencies, ...PACKAGE.devDependencies };
    expect(names(true).filter((each) => !(each in known))).toEqual([]);
  });
});

describe('the command line in the folder of a project', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'local-org-project-'));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const call = (parameters: readonly string[], input = ''): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, [path.join(ROOT, 'bin.mjs'), ...parameters], {
      cwd: folder,
      input,
      encoding: 'utf8',
    });
  beforeAll(() => {
    write(
      'sfdx-project.json',
      JSON.stringify({ packageDirectories: [{ path: 'src' }, { path: 'missing' }] }),
    );
    write(
      'src/Greeting.cls',
      "public class Greeting { public static String to(String n) { return 'Hi ' + n; } }",
    );
    write(
      'src/GreetingTest.cls',
      "@IsTest class GreetingTest { @IsTest static void greets() { System.assertEquals('Hi A', Greeting.to('A')); } }",
    );
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('runs the tests of its package directories', () => {
    const { status, stdout } = call(['test']);
    expect(stdout).toContain('GreetingTest.greets');
    expect(stdout).toContain('1 passed, 0 failed');
    expect(status).toBe(0);
  });

  it('runs anonymous Apex, and prints what that debugs', () => {
    expect(call(['run'], "System.debug(Greeting.to('you'));")).toMatchObject({
      status: 0,
      stdout: 'Hi you\n',
    });
    expect(call(['run'], 'Integer x = 1 / 0;').status).toBe(1);
  });
});
