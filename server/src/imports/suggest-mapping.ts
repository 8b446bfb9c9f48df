import { kindOf, packed, plainWords } from '../values/heading-words.ts';

/** A column of a table, or a field of an object, as far as headings are compared with it. */
export interface Target {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

/** How well a heading tells of a target: 0 for not at all. */
function fitOf(heading: string, target: Target): number {
  const given = plainWords(heading);
  const known = [plainWords(target.name), plainWords(target.label)];
  if (given === '') return 0;
  if (heading === target.name) return 5;
  if (known.includes(given) || known.some((each) => packed(each) === packed(given))) return 4;
  const kinds = new Set(known.map(kindOf).filter((kind) => kind !== null));
  if (target.type === 'email') kinds.add('email');
  const kind = kindOf(given);
  if (kind !== null && kinds.has(kind)) return 3;
  // `employee_first_name` ends with what it is.
  for (const end of endsOf(given)) {
    const endKind = kindOf(end);
    if (known.includes(end) || (endKind !== null && kinds.has(endKind))) return 2;
  }
  return 0;
}

function endsOf(words: string): string[] {
  const parts = words.split(' ');
  return parts.slice(1).map((_part, index) => parts.slice(index + 1).join(' '));
}

/** Which heading most likely fills which target, by heading; each target is suggested once, to the heading that fits best. */
export function suggestMapping(
  headings: readonly string[],
  targets: readonly Target[],
): { heading: string; to: string }[] {
  const pairs = headings.flatMap((heading, place) =>
    targets.map((target, order) => ({ heading, place, target, order, fit: fitOf(heading, target) })),
  );
  pairs.sort((one, other) => other.fit - one.fit || one.place - other.place || one.order - other.order);
  const chosen = new Map<number, { heading: string; to: string }>();
  const taken = new Set<string>();
  for (const { heading, place, target, fit } of pairs) {
    if (fit === 0 || chosen.has(place) || taken.has(target.name)) continue;
    chosen.set(place, { heading, to: target.name });
    taken.add(target.name);
  }
  return [...chosen].sort(([one], [other]) => one - other).map(([, entry]) => entry);
}
