import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Of the Dockerfile, stage by stage. */
function stages(): Instruction[][] {
  const all: Instruction[][] = [];
  for (const line of read('Dockerfile').replaceAll('\\\n', ' ').split('\n')) {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name === 'FROM') all.push([]);
    all.at(-1)?.push({ name, rest });
  }
  return all;
}

const packageSchema = z.object({ scripts: z.object({ start: z.string() }) });
const serviceSchema = z.object({
  image: z.string().optional(),
  read_only: z.boolean().optional(),
  privileged: z.boolean().optional(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  mem_limit: z.string(),
  restart: z.string(),
  stop_grace_period: z.string(),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.union([z.string(), z.number()])),
});
const composeSchema = z.object({
  services: z.object({ server: serviceSchema, database: serviceSchema }),
});

describe('the image', () => {
  const last = stages().at(-1) ?? [];
  const of = (name: string): string[] => last.filter((each) => each.name === name).map(({ rest }) => rest);

  it('runs as nobody special, is looked after, and gets signals itself', () => {
    expect(of('USER').at(-1)).toBe('node');
    expect(of('HEALTHCHECK')[0]).toMatch(/CMD \["node", .*\/health/);
    const entry = z.array(z.string()).parse(JSON.parse(of('ENTRYPOINT')[0] ?? ''));
    const { start } = packageSchema.parse(JSON.parse(read('package.json'))).scripts;
    // As npm start does, but for the file of settings, which an image has none of.
    const words = start.split(' ').filter((word) => word !== 'exec' && !word.startsWith('--env-file'));
    expect(entry).toEqual(words);
  });

  it('is made of one version of Node.js, of what is there, without scripts of packages and without secrets', () => {
    const instructions = stages().flat();
    const bases = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.split(' ')[0]);
    expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']));
    for (const { name, rest } of instructions) {
      expect(name).not.toBe('ADD');
      if (name === 'RUN' && rest.includes('npm ci')) expect(rest).toContain('--ignore-scripts');
      if (name === 'ENV' || name === 'ARG') expect(rest).not.toMatch(/TOKEN|SECRET|PASSWORD|KEY/);
      if (name !== 'COPY' || rest.startsWith('--from')) continue;
      for (const source of rest.split(' ').slice(0, -1))
        expect(existsSync(path.join(ROOT, source)), source).toBe(true);
    }
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toContain('*');
    for (const secret of ['**/.env*', '**/*.secret']) expect(ignored).toContain(secret);
  });
});

describe('the compose file', () => {
  const { server, database } = composeSchema.parse(parse(read('compose.yaml'))).services;

  it('gives its services no more than they need', () => {
    for (const service of [server, database]) {
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.privileged).toBeUndefined();
      expect(service.image ?? '').not.toMatch(/:latest$/);
    }
    expect(server.read_only).toBe(true);
    expect(database.ports).toEqual([]);
    for (const port of server.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('holds no secret, and asks for each by name', () => {
    for (const service of [server, database])
      for (const [name, value] of Object.entries(service.environment))
        if (/TOKEN|PASSWORD|KEYS|_URL$/.test(name) && name !== 'PUBLIC_URL')
          expect(String(value), name).toMatch(/\$\{[A-Z_]+(:\?|:-\})/);
  });

  it('gives the server longer to end than the server takes', () => {
    expect(Number.parseInt(server.stop_grace_period)).toBeGreaterThanOrEqual(25 + 5);
  });
});
