/** A name's parts; what is not known is not there. */
export interface PersonName {
  readonly firstName?: string;
  readonly lastName?: string;
}

/**
 * Parts a name so that none of it is lost: the last word is the last name, all before it the first name. Of a person whose
 * first or last name is told apart, the rest of the name is the other one.
 */
export function nameParts(name: string, known: PersonName): PersonName {
  const words = name.trim().split(/\s+/);
  const whole = words.join(' ');
  if (whole === '') return {};
  const { firstName, lastName } = known;
  if (firstName !== undefined && lastName !== undefined) return {};
  if (firstName !== undefined) {
    const rest = whole.startsWith(`${firstName} `) ? whole.slice(firstName.length + 1) : words.at(-1);
    return rest === undefined || rest === firstName ? {} : { lastName: rest };
  }
  if (lastName !== undefined) {
    const rest = whole.endsWith(` ${lastName}`) ? whole.slice(0, -lastName.length - 1) : words[0];
    return rest === undefined || rest === lastName ? {} : { firstName: rest };
  }
  const last = words.at(-1) ?? whole;
  return words.length === 1
    ? { lastName: last }
    : { firstName: words.slice(0, -1).join(' '), lastName: last };
}
