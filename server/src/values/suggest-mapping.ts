import { kindOf, packed, plainWords } from './heading-words.ts';

/** A column of a table, or a field of an object, as far as headings are compared with it. */
export interface FileTarget {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

/** Words of the longest end of a heading that is compared: labels have more, and nobody ends a heading with all of them. */
const LONGEST_END = 12;

/** Places of targets, in their order, by something that is known of them. */
type Index = Map<string, number[]>;

/** Targets by all that a heading may be compared with, so that each heading is looked at once, however many there are. */
class Targets {
  readonly #byName: Index = new Map();
  readonly #byWords: Index = new Map();
  readonly #byPackedWords: Index = new Map();
  readonly #byKind: Index = new Map();

  constructor(targets: readonly FileTarget[]) {
    for (const [place, { name, label, type }] of targets.entries()) {
      const known = new Set([plainWords(name), plainWords(label)]);
      const kinds = new Set([...known].map(kindOf).filter((kind) => kind !== null));
      if (type === 'email') kinds.add('email');
      add(this.#byName, [name], place);
      add(this.#byWords, known, place);
      add(this.#byPackedWords, new Set([...known].map(packed)), place);
      add(this.#byKind, kinds, place);
    }
  }

  /** Targets that a heading may mean, best kinds of fit first; lists of one kind of fit stand together. */
  fitting(heading: string): readonly (readonly number[])[][] {
    const words = plainWords(heading);
    if (words === '') return [];
    // Which of several it is says nothing of what it is.
    const kind = kindOf(words) ?? kindOf(words.replace(/ \d+(?= )/g, ''));
    return [
      [this.#byName.get(heading) ?? []],
      [this.#byPackedWords.get(packed(words)) ?? []],
      [kind === null ? [] : (this.#byKind.get(kind) ?? [])],
      kind === null && !ABOUT_CONSENT.test(words) ? this.#endingLike(words) : [],
    ];
  }

  /** `employee_first_name` ends with what it is; `e-mail 2 address` is no address of a house, though it ends like one. */
  #endingLike(words: string): (readonly number[])[] {
    const lists: (readonly number[])[] = [];
    for (const end of endsOf(words)) {
      const kind = kindOf(end);
      lists.push(this.#byWords.get(end) ?? [], kind === null ? [] : (this.#byKind.get(kind) ?? []));
      if (kind !== null) break;
    }
    return lists;
  }
}

/** A heading that asks whether somebody wants mail names none of what it ends with: `Unsubscribed from all email`. */
const ABOUT_CONSENT = /\b(?:opt|opted|optin|optout|subscribed|unsubscribed|consent|permission|do not)\b/;

function add(index: Index, names: Iterable<string>, place: number): void {
  for (const name of names) {
    const places = index.get(name);
    if (places) places.push(place);
    else index.set(name, [place]);
  }
}

/** The last words of some, from the most down to one. */
function endsOf(words: string): string[] {
  const parts = words.split(' ');
  const first = Math.max(1, parts.length - LONGEST_END);
  return parts.slice(first).map((_part, index) => parts.slice(first + index).join(' '));
}

/** Kinds of fit, the best first: the name itself, the same words, the same kind of thing, an end of it. */
const FITS = 4;

/** Which heading most likely fills which target, by heading; each target is suggested once, to the heading that fits best. */
export function suggestMapping(
  headings: readonly string[],
  targets: readonly FileTarget[],
): { heading: string; to: string }[] {
  const index = new Targets(targets);
  const fitting = headings.map((heading) => index.fitting(heading));
  const chosen = new Map<number, number>();
  const taken = new Set<number>();
  for (let fit = 0; fit < FITS; fit++)
    for (const [place, lists] of fitting.entries()) {
      if (chosen.has(place)) continue;
      const target = firstFree(lists[fit] ?? [], taken);
      if (target === null) continue;
      chosen.set(place, target);
      taken.add(target);
    }
  return [...chosen]
    .sort(([one], [other]) => one - other)
    .map(([place, target]) => ({ heading: headings[place] ?? '', to: targets[target]?.name ?? '' }));
}

/** The first target of some lists that no heading has yet. */
function firstFree(lists: readonly (readonly number[])[], taken: ReadonlySet<number>): number | null {
  let first: number | null = null;
  for (const list of lists) {
    const free = list.find((place) => !taken.has(place));
    if (free !== undefined && (first === null || free < first)) first = free;
  }
  return first;
}
