import { readFileSync } from 'node:fs';
import path from 'node:path';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';
import { z } from 'zod';

const CONFIG = path.join(import.meta.dirname, '../../.oxlintrc.json');
/** Rules of the presets that oxlint has none for. */
const NOT_OF_OXLINT = [
  // An octal number of old is no TypeScript at all.
  'no-octal',
  // It costs as much as all others together, and found nothing while it was asked.
  'typescript/no-unsafe-class-instance-assignment',
];

const severity = z.union([z.number(), z.string()]);
const rulesSchema = z.record(z.string(), z.union([severity, z.array(z.unknown()).min(1)]));
const isOn = (rule: unknown): boolean => !['off', 0].includes(severity.parse(rule));

it('lints TypeScript by every rule of the presets that oxlint knows', () => {
  const { rules } = z.object({ rules: rulesSchema }).parse(JSON.parse(readFileSync(CONFIG, 'utf8')));
  const presets = [
    js.configs.recommended,
    ...tseslint.configs.strictTypeChecked,
    ...tseslint.configs.stylisticTypeChecked,
  ];
  const asked = new Map<string, unknown>(presets.flatMap(({ rules: set }) => Object.entries(set ?? {})));
  const names = [...asked]
    .filter(([, rule]) => isOn(Array.isArray(rule) ? rule[0] : rule))
    .map(([name]) => name.replace(/^@typescript-eslint\//, 'typescript/'));
  expect(names.length).toBeGreaterThan(100);
  const off = names.filter((name) => ![rules[name]].flat().includes('error'));
  expect(off.sort()).toEqual(NOT_OF_OXLINT);
});
