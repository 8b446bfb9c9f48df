// What is chosen from on several screens: connections, and what has a code and a name.

/** @param {readonly { id: string, name: string, project: string }[]} connections */
export function connectionChoices(connections) {
  return connections.map(({ id, name, project }) => ({ value: id, label: `${name} (${project})` }));
}

/** Projects or tables, by their codes. */
export function codeChoices(things) {
  return things.map(({ code, name }) => ({ value: code, label: `${name} (${code})` }));
}

/** Tables of a project that rows go into. */
export const openTables = (tables) => tables.filter(({ isBuilt, isArchived }) => isBuilt && !isArchived);
