import { throwPlatform } from '../values/exception.ts';
import { compilePattern, type CompiledPattern } from './java-pattern.ts';

/** A match: the text of group n, or null where it took no part. */
export function groupText(found: RegExpExecArray, number: number): string | null {
  return number === 0 ? found[0] : (found.groups?.[`g${number}`] ?? null);
}

/** Java's replacement text with `$1`, `${name}` and `\$` filled in for a match. */
function filledIn(pattern: CompiledPattern, by: string, found: RegExpExecArray): string {
  return by.replace(
    /\\([^])|\$\{(\w+)\}|\$(\d+)|\$/g,
    (_whole, escaped: string | undefined, name: string | undefined, digits: string | undefined) => {
      if (escaped !== undefined) return escaped;
      if (name !== undefined) {
        const number = pattern.names.get(name);
        if (number === undefined)
          throwPlatform('System.IllegalArgumentException', `No group with name {${name}}`);
        return groupText(found, number) ?? '';
      }
      if (digits === undefined) throwPlatform('System.IllegalArgumentException', 'Illegal group reference');
      let used = 1;
      while (used < digits.length && Number(digits.slice(0, used + 1)) <= pattern.groupCount) used += 1;
      const number = Number(digits.slice(0, used));
      if (number > pattern.groupCount) throwPlatform('System.StringException', `No group ${number}`);
      return (groupText(found, number) ?? '') + digits.slice(used);
    },
  );
}

/** replaceAll and replaceFirst. */
export function replacePattern(text: string, pattern: CompiledPattern, by: string, all: boolean): string {
  const expression = new RegExp(pattern.source, 'gu');
  let result = '';
  let from = 0;
  for (let found = expression.exec(text); found; found = expression.exec(text)) {
    result += text.slice(from, found.index) + filledIn(pattern, by, found);
    from = found.index + found[0].length;
    if (found[0] === '') expression.lastIndex += 1;
    if (!all) break;
  }
  return result + text.slice(from);
}

/** Java's split: empty pieces at the end are dropped unless a limit is given; no width at the start makes no piece. */
export function splitText(text: string, pattern: string, limit: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const found of text.matchAll(new RegExp(compilePattern(pattern).source, 'gu'))) {
    if (limit > 0 && pieces.length === limit - 1) break;
    if (found[0] === '' && (found.index === 0 || found.index >= text.length)) continue;
    pieces.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  if (pieces.length === 0) return [text];
  pieces.push(text.slice(from));
  if (limit === 0) while (pieces.at(-1) === '') pieces.pop();
  return pieces;
}
