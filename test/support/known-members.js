// What an answer may be asked for. Runs in a browser, in jest and in Node.js: plain JavaScript, and nothing of any of them.

/** Names that a language or a test's tools ask of every object. */
const ASKED_OF_ALL = new Set([
  ...['then', 'toJSON', 'constructor', 'nodeType', 'tagName', 'asymmetricMatch', '$$typeof'],
  ...['@@__IMMUTABLE_ITERABLE__@@', '@@__IMMUTABLE_RECORD__@@', 'hasAttribute', 'sample', '_isMockFunction'],
]);

/**
 * An answer that tells when it is asked for a member that its shape does not have. A shape is `{ type }`, `{ members }`,
 * `{ of }`, or empty where nothing is known.
 *
 * @param {unknown} value the answer
 * @param {object} shape what it may have
 * @param {string} name what people call it
 * @param {{ types: Record<string, object>, report: (message: string) => void, isReadOnly?: boolean }} options shapes by name,
 *   who is told of a stranger, and whether the answer may not be changed
 * @returns {unknown} the same, guarded
 */
export function guarded(value, shape, name, options) {
  const known = resolved(shape, options.types);
  if (value === null || typeof value !== 'object' || (!known.members && !known.of)) return value;
  const children = new Map();
  return new Proxy(value, {
    get(target, key, receiver) {
      const child = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || typeof child === 'function') return child;
      const of = shapeOf(known, target, key);
      if (of === undefined) {
        if (!(key in target) && !ASKED_OF_ALL.has(key)) options.report(`${name} has no member ${key}.`);
        return child;
      }
      if (child === null || typeof child !== 'object') return child;
      // One proxy for each, as there is one object: what is compared by identity stays itself.
      if (children.get(key)?.child !== child)
        children.set(key, { child, proxy: guarded(child, of, nameOf(name, target, key), options) });
      return children.get(key).proxy;
    },
    ...(options.isReadOnly ? READ_ONLY : {}),
  });
}

/**
 * Members of a value that its shape does not have, however deep, by where they are.
 *
 * @param {unknown} value the answer
 * @param {object} shape what it may have
 * @param {string} name what people call it
 * @param {Record<string, object>} types shapes by name
 * @returns {string[]} sentences; none where all is known
 */
export function strangersIn(value, shape, name, types) {
  const known = resolved(shape, types);
  if (value === null || typeof value !== 'object' || (!known.members && !known.of)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const of = shapeOf(known, value, key);
    return of === undefined
      ? [`${name} has no member ${key}.`]
      : strangersIn(child, of, nameOf(name, value, key), types);
  });
}

const READ_ONLY = { set: refuseChange, deleteProperty: refuseChange, defineProperty: refuseChange };

function refuseChange(_target, key) {
  throw new TypeError(`What was answered is read-only: ${String(key)} cannot be changed.`);
}

function resolved(shape, types) {
  return shape.type === undefined ? shape : (types[shape.type] ?? {});
}

/** The shape of a member; undefined where there is no such member. */
function shapeOf(known, target, key) {
  if (known.of) return Array.isArray(target) && !/^\d+$/.test(key) ? undefined : known.of;
  return Object.hasOwn(known.members, key) ? known.members[key] : undefined;
}

function nameOf(name, target, key) {
  return Array.isArray(target) ? `${name}[]` : `${name}.${key}`;
}
