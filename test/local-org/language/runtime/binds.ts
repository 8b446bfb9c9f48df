import type { ApexValue } from '../../values/object.ts';

/** Looks up a name that dynamic SOQL binds; undefined where there is none. */
export type BindResolver = (name: string) => ApexValue | undefined;

let bindResolver: BindResolver | null = null;

/** What the innermost Database.query call may bind. */
export function currentBinds(): BindResolver | null {
  return bindResolver;
}

/** Runs a call of Database.query, which may bind the names that the resolver knows. */
export function withBinds<T>(resolver: BindResolver, call: () => T): T {
  const before = bindResolver;
  bindResolver = resolver;
  try {
    return call();
  } finally {
    bindResolver = before;
  }
}
