import type { MetadataElement } from './metadata-file.ts';
import type { ElementType, MetadataType, MetadataTypes } from './metadata-types.ts';

/**
 * What the Metadata API would refuse in the shape of one component: elements its type does not have, required ones
 * that are missing, repeats, values outside an enumeration, and an order other than the platform's own.
 */
export function checkShape(types: MetadataTypes, element: MetadataElement): string[] {
  const type = types.find(element.name);
  if (!type) return [`<${element.name}> is not a metadata type`];
  return checkElements(types, element, type, element.name);
}

function checkElements(
  types: MetadataTypes,
  element: MetadataElement,
  type: MetadataType,
  at: string,
): string[] {
  const problems = [...missing(element, type, at), ...order(element, type, at)];
  const seen = new Set<string>();
  for (const found of element.children) {
    const expected = type.get(found.name);
    if (!expected) {
      problems.push(`${at}: <${found.name}> is not one of its elements`);
      continue;
    }
    if (seen.has(found.name) && !expected.repeated) problems.push(`${at}: <${found.name}> stands twice`);
    seen.add(found.name);
    problems.push(...checkValue(types, found, expected, `${at}.${found.name}`));
  }
  return problems;
}

function checkValue(
  types: MetadataTypes,
  found: MetadataElement,
  expected: ElementType,
  at: string,
): string[] {
  if (expected.nested !== null) {
    const nested = types.find(expected.nested);
    return nested ? checkElements(types, found, nested, at) : [];
  }
  if (found.children.length > 0) return [`${at}: holds elements where a value is expected`];
  if (expected.values && !expected.values.includes(found.text))
    return [`${at}: '${found.text}' is not a value of it`];
  if (expected.numeric && !/^-?\d+(\.\d+)?$/.test(found.text))
    return [`${at}: '${found.text}' is not a number`];
  return [];
}

function missing(element: MetadataElement, type: MetadataType, at: string): string[] {
  const present = new Set(element.children.map((found) => found.name));
  return [...type.values()]
    .filter((expected) => expected.required && !present.has(expected.name))
    .map((expected) => `${at}: <${expected.name}> is missing`);
}

/** The platform writes elements in the order of its type, `fullName` first; a diff after a retrieve stays empty then. */
function order(element: MetadataElement, type: MetadataType, at: string): string[] {
  const places = [...type.keys()].filter((name) => name !== 'fullName');
  const known = element.children.map((found) => found.name).filter((name) => type.has(name));
  const place = (name: string) => (name === 'fullName' ? -1 : places.indexOf(name));
  for (const [index, name] of known.entries()) {
    const previous = known[index - 1];
    if (previous !== undefined && place(name) < place(previous)) {
      return [`${at}: <${name}> stands after <${previous}>; the platform's order is the other way round`];
    }
  }
  return [];
}
