/**
 * What an object that somebody sent says under a name. A column may be called as what every object of JavaScript inherits,
 * `constructor` say: nothing that was not sent counts.
 */
export function givenValue(given: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}
