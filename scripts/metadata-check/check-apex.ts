import { doubled, isCustom, kindOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { textOf } from './metadata-file.ts';
import { LATER_CLASSES, NO_TRIGGERS, NOT_FIRED, TRIGGER_EVENTS } from './platform-values.ts';

/** What Apex names outside of Apex; types and methods are the compiler's part (`npm run check:apex`). */
export function checkApex(catalog: Catalog): MetadataProblem[] {
  const known = customNames(catalog);
  const problems: MetadataProblem[] = [];
  for (const type of ['ApexClass', 'ApexTrigger'] as const) {
    for (const [name, { file }] of catalog.of(type)) {
      const body = file.replace(/-meta\.xml$/, '');
      const text = catalog.source.get(body);
      if (text === undefined) {
        problems.push({ file, problem: `${body.split('/').pop()} is missing beside it` });
        continue;
      }
      const code = withoutComments(text);
      const found = [
        ...declarationProblems(catalog, type, name, code),
        ...labelProblems(catalog, code),
        ...quotedProblems(catalog, code),
        ...shadowedProblems(code),
        ...actionProblems(code),
      ];
      // A test makes up names that nobody has; what it names of the package is compiled with it.
      if (!/@IsTest/i.test(code)) found.push(...nameProblems(known, code));
      problems.push(...found.map((problem) => ({ file: body, problem })));
    }
  }
  problems.push(...scheduledProblems(catalog));
  for (const body of catalog.source.keys())
    if (/\.(cls|trigger)$/.test(body) && !catalog.source.has(`${body}-meta.xml`))
      problems.push({ file: body, problem: `${body.split('/').pop()}-meta.xml is missing beside it` });
  return problems;
}

/** The platform deploys no class that has a scheduled job, and none that such a class names: it names none of the package. */
function scheduledProblems(catalog: Catalog): MetadataProblem[] {
  const code = new Map(
    [...catalog.of('ApexClass')].map(([name, { file }]) => {
      const body = file.replace(/-meta\.xml$/, '');
      return [name, { body, text: withoutComments(catalog.source.get(body) ?? '') }] as const;
    }),
  );
  const ours = [...code.values()].filter(({ text }) => !/@IsTest/i.test(text));
  const scheduled = new Set(
    ours.flatMap(({ text }) =>
      [...text.matchAll(/System\.schedule\([^;]*new (\w+)\(/g)].map(([, name = '']) => name),
    ),
  );
  return [...scheduled].flatMap((name) => {
    const { body, text } = code.get(name) ?? { body: name, text: '' };
    const words = new Set(text.replace(/'[^']*'/g, '').match(/\w+/g));
    return [...code.keys()]
      .filter((other) => other !== name && words.has(other))
      .map((other) => ({
        file: body,
        problem: `it is scheduled and names ${other}: neither could be deployed while its job waits; use Type.forName`,
      }));
  });
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');

/** Every name with an ending of custom things that the package defines, in small letters. */
function customNames(catalog: Catalog): ReadonlySet<string> {
  const fields = [...catalog.of('CustomField').values()];
  return new Set(
    [
      ...catalog.of('CustomObject').keys(),
      ...fields.map(({ name }) => name),
      ...fields
        .filter(({ root }) => textOf(root, 'referenceTo'))
        .map(({ name }) => name.replace(/__c$/, '__r')),
      ...fields.flatMap(({ root }) => {
        const relation = textOf(root, 'relationshipName');
        return relation === undefined ? [] : [`${relation}__r`];
      }),
    ].map((name) => name.toLowerCase()),
  );
}

/** Names of objects and fields, also in queries, which are text to a compiler. */
function nameProblems(known: ReadonlySet<string>, code: string): string[] {
  const names = [...code.matchAll(/\b[A-Za-z]\w*?__(?:c|e|r|mdt)\b/gi)].map(([name]) => name);
  return [...new Set(names)]
    .filter((name) => isCustom(name.toLowerCase()) && !known.has(name.toLowerCase()))
    .map((name) => `${name} is neither an object nor a field of the package`);
}

function labelProblems(catalog: Catalog, code: string): string[] {
  const labels = catalog.labels;
  const names = [...code.matchAll(/\b(?:System\.)?Label\.(\w+)/g)].map(([, name = '']) => name);
  return [...new Set(names)]
    .filter((name) => name !== 'get' && name !== 'translationExists' && !labels.has(name))
    .map((name) => `Label.${name} is not a label of the package`);
}

/** One method of a class is an action of flows. (Apex Developer Guide, InvocableMethod.) */
function actionProblems(code: string): string[] {
  return (code.match(/@InvocableMethod\b/gi) ?? []).length > 1
    ? ['it has two @InvocableMethod: one of a class is all that is allowed']
    : [];
}

/** Where the package has no namespace a class of the org's own stands before the platform's. (Apex Developer Guide, System Namespace.) */
function shadowedProblems(code: string): string[] {
  const names = code.replace(/'(?:[^'\\]|\\.)*'/g, '').matchAll(/(?<![\w.])[A-Z]\w+/g);
  return [...new Set([...names].map(([name]) => name))]
    .filter((name) => LATER_CLASSES.has(name))
    .map((name) => `${name} may be a class of the org's own: write System.${name}`);
}

/** A name of the package's in quotes is one that something has: a permission, a kind of notification, an object. */
function quotedProblems(catalog: Catalog, code: string): string[] {
  const names = [...code.matchAll(/'(DI_\w+)'/g)].map(([, name = '']) => name);
  return [...new Set(names)]
    .filter((name) => !catalog.files.some((file) => file.name === name))
    .map((name) => `'${name}' is not the name of a component of the package`);
}

function declarationProblems(catalog: Catalog, type: string, name: string, code: string): string[] {
  if (type === 'ApexClass') {
    const declared = /\b(?:class|interface|enum)\s+(\w+)/i.exec(code)?.[1];
    return declared === name
      ? []
      : [`it declares ${declared ?? 'nothing'}: name the file and the class alike`];
  }
  const [, declared, object = '', events = ''] =
    /\btrigger\s+(\w+)\s+on\s+(\w+)\s*\(([^)]*)\)/i.exec(code) ?? [];
  if (declared !== name) return [`it declares ${declared ?? 'nothing'}: name the file and the trigger alike`];
  return triggerProblems(catalog, object, events);
}

function triggerProblems(catalog: Catalog, object: string, events: string): string[] {
  const listed = events.split(',').map((event) => event.trim().toLowerCase().replace(/\s+/g, ' '));
  const taken = TRIGGER_EVENTS.filter((event) => !NOT_FIRED[object]?.includes(event));
  const found = [
    ...doubled(listed).map((event) => `the event ${event} stands twice`),
    ...listed
      .filter((event) => !taken.includes(event))
      .map((event) => `there is no trigger ${event} of ${object}`),
  ];
  if (NO_TRIGGERS.has(object)) found.push(`${object} takes no triggers`);
  if (!isCustom(object)) return found;
  return [...found, ...customTriggerProblems(catalog, object, events)];
}

function customTriggerProblems(catalog: Catalog, object: string, events: string): string[] {
  const root = catalog.object(object);
  if (!root) return [`it is a trigger on ${object}, which is not in the package`];
  const kind = kindOf(object, root);
  if (kind === 'setting') return [`it is a trigger on ${object}, and custom settings take none`];
  return kind === 'event' && events.trim().toLowerCase() !== 'after insert'
    ? [`a trigger on an event is 'after insert' and nothing else, not '${events.trim()}'`]
    : [];
}
