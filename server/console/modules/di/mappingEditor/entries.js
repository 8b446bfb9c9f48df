// What a change on the screen does to the entries of both ways, as the API takes them.

/** Sides of a record that an entry is kept for: `mapping` fills the table, `outbound` is written to Salesforce. */
const without = (entries, column) => (entries ?? []).filter((entry) => entry.column !== column);
const entryOf = (entries, column) => (entries ?? []).find((entry) => entry.column === column) ?? null;

/** Which ways a column goes: from, to, both, or none of them. */
export function directionOf({ mapping, outbound }, column) {
  const isFrom = entryOf(mapping, column) !== null;
  if (entryOf(outbound, column) !== null) return isFrom ? 'both' : 'to';
  return isFrom ? 'from' : 'none';
}

const ways = (direction) => ({
  from: direction === 'from' || direction === 'both',
  to: direction === 'to' || direction === 'both',
});

/** The entries once a column goes some way, by the field that it has: one without a field goes nowhere. */
export function directed(both, column, direction, field) {
  const { from, to } = ways(direction);
  const [former, sent] = [entryOf(both.mapping, column), entryOf(both.outbound, column)];
  const name = field || sent?.salesforceField || former?.salesforceField;
  const entry = name ? { column, salesforceField: name } : null;
  return {
    mapping: put(both.mapping, column, from ? (former ?? entry) : null),
    outbound: put(both.outbound, column, to ? (sent ?? entry) : null),
  };
}

/** The entries once a column has another field, on the sides that are named. */
export function named(both, column, side, field) {
  const change = (entries) => {
    const former = entryOf(entries, column);
    return put(entries, column, field === '' ? null : { ...former, column, salesforceField: field });
  };
  const { from, to } = ways(side);
  return {
    mapping: from ? change(both.mapping) : both.mapping,
    outbound: to ? change(both.outbound) : both.outbound,
  };
}

/** In the place that it had; null takes it out. */
function put(entries, column, entry) {
  if (entries === null) return null;
  if (entry === null) return without(entries, column);
  return entryOf(entries, column) === null
    ? [...entries, entry]
    : entries.map((each) => (each.column === column ? entry : each));
}

/** What decides for a column where values are there already, or both sides have changed it. */
export function ruleOf(both, column) {
  const [from, to] = [entryOf(both.mapping, column), entryOf(both.outbound, column)];
  if (to?.onlyWhenEmpty || (!to && from?.onlyWhenEmpty)) return 'empty';
  if (from && to) return to.onConflict ?? 'newest';
  return to?.on === 'create' ? 'create' : 'always';
}

const DECIDING = ['onlyWhenEmpty', 'onConflict', 'on'];

/** An entry that nothing decides for. */
function plain(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !DECIDING.includes(name)));
}

/** The entries once another rule decides. */
export function ruled(both, column, rule) {
  const direction = directionOf(both, column);
  const onlyWhenEmpty = rule === 'empty' ? { onlyWhenEmpty: true } : {};
  const [from, to] = [entryOf(both.mapping, column), entryOf(both.outbound, column)];
  if (direction === 'from')
    return { ...both, mapping: put(both.mapping, column, { ...plain(from), ...onlyWhenEmpty }) };
  const sent = {
    ...plain(to),
    ...onlyWhenEmpty,
    ...(rule === 'create' && { on: 'create' }),
    ...(direction === 'both' && rule !== 'empty' && { onConflict: rule }),
  };
  return { ...both, outbound: put(both.outbound, column, sent) };
}

/** Rules that a direction has a choice of; none where nothing is mapped. */
export const RULES = {
  none: null,
  from: ['always', 'empty'],
  to: ['always', 'create', 'empty'],
  both: ['newest', 'salesforce', 'project', 'empty'],
};
