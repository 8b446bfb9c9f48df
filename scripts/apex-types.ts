// Writes what the package's components are checked by: the types of what its Apex methods are given and answer, and where
// the components' modules are.
//   tsx scripts/apex-types.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createOrg } from '../test/local-org/org.ts';
import { AURA, auraFields, auraMethods } from '../test/local-org/rest/aura-answers.ts';
import type { ClassInfo, MethodInfo } from '../test/local-org/values/object.ts';
import type { TypeRef } from '../test/local-org/values/type-ref.ts';
import { writeModulePaths } from './module-paths.ts';

const ROOT = path.join(import.meta.dirname, '..');
/** Nothing of it is committed: it cannot be stale. */
const CACHE = path.join(ROOT, '.cache');
/** As JSON has them; moments are ISO 8601. */
const PRIMITIVES = new Map<string, string>([
  ...['String', 'Id', 'Date', 'Datetime', 'Blob'].map((name) => [name, 'string'] as const),
  ...['Integer', 'Long', 'Double', 'Decimal', 'Time'].map((name) => [name, 'number'] as const),
  ['Boolean', 'boolean'],
]);

const { classes } = createOrg({ sources: [path.join(ROOT, 'force-app')] }).program;
const known = [...classes.values()];

mkdirSync(CACHE, { recursive: true });
writeFileSync(path.join(CACHE, 'apex.d.ts'), [...known.map(typeOf), ...known.flatMap(modulesOf)].join('\n'));
writeModulePaths(path.join(CACHE, 'lwc-modules.json'), 'c', path.join(ROOT, 'force-app/main'));

/** The members of a class that a component sees, as `Apex.Outer.Inner`; of an enum, its constants. */
function typeOf(info: ClassInfo): string {
  const names = info.name.split('.');
  const name = names.pop() ?? '';
  const space = ['Apex', ...names].join('.');
  return `declare namespace ${space} {\n${bodyOf(name, info)}\n}`;
}

function bodyOf(name: string, info: ClassInfo): string {
  const { kind, superclass, enumValues } = info;
  if (kind === 'enum')
    return `  type ${name} = ${enumValues.map((value) => `'${value.toString()}'`).join(' | ')};`;
  const base =
    superclass && classes.has(superclass.name.toLowerCase())
      ? ` extends ${typescriptOf(superclass.type)}`
      : '';
  const members = auraFields(info).map((field) => `    ${field.name}: ${typescriptOf(field.type)};`);
  return [`  interface ${name}${base} {`, ...members, '  }'].join('\n');
}

/** A module for each method that components call. */
function modulesOf(info: ClassInfo): string[] {
  return auraMethods(info).map((method) => moduleOf(info.name, method));
}

function moduleOf(className: string, { name, parameters, returns, annotations }: MethodInfo): string {
  const given = parameters.map((each) => `${each.name}: ${givenOf(each.type)}`).join('; ');
  const call = `(${given && `given: { ${given} }`}) => Promise<${typescriptOf(returns)}>`;
  const isWired = annotations.get(AURA)?.get('cacheable') === 'true';
  return [
    `declare module '@salesforce/apex/${className}.${name}' {`,
    `  const ${name}: (${call})${isWired ? ' & Wired' : ''};`,
    `  export default ${name};`,
    '}',
  ].join('\n');
}

/** A component may leave members of a class out. */
function givenOf(type: TypeRef): string {
  return type.kind === 'class' ? `Partial<${typescriptOf(type)}>` : typescriptOf(type);
}

function typescriptOf(type: TypeRef): string {
  switch (type.kind) {
    case 'primitive':
      return PRIMITIVES.get(type.name) ?? 'unknown';
    case 'void':
      return 'null';
    case 'class':
      return `Apex.${type.name}`;
    case 'list':
    case 'set':
      return `${typescriptOf(type.element)}[]`;
    case 'map':
      return `Record<string, ${typescriptOf(type.value)}>`;
    default:
      return 'unknown';
  }
}
