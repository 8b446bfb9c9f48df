import type { ApexList } from '../../values/collections.ts';
import { throwNull } from '../../values/exception.ts';
import type { ApexReference, ApexValue } from '../../values/object.ts';
import type { SoqlQuery } from '../syntax/query-ast.ts';

/** What generated code needs from the org around it: data and the transaction. Set when an org is put together. */
export interface Host {
  query(query: SoqlQuery, binds: readonly ApexValue[]): ApexList;
  count(query: SoqlQuery, binds: readonly ApexValue[]): number;
  search(
    term: string | null,
    group: string,
    returning: readonly SearchPart[],
    limit: number | null,
  ): ApexList;
  dml(
    operation: 'insert' | 'update' | 'upsert' | 'delete' | 'undelete',
    value: ApexValue,
    access: 'user' | 'system' | null,
    externalId: string | null,
  ): void;
  merge(winner: ApexValue, losers: ApexValue, access: 'user' | 'system' | null): void;
  setting(object: string, method: string, parameters: readonly ApexValue[]): ApexValue;
  page(url: string): ApexReference;
  fieldSet(object: string, name: string): ApexReference;
  objectToken(name: string): ApexReference;
  fieldToken(object: string, field: string): ApexReference;
  /** Notes a call of a @future method: `run` is its body. */
  future(
    className: string,
    method: string,
    parameters: readonly ApexValue[],
    run: (...parameters: ApexValue[]) => ApexValue,
  ): void;
  enterRunAs(user: ApexValue): unknown;
  leaveRunAs(before: unknown): void;
  /** Called in every turn of a loop: where CPU time is watched. */
  tick(): void;
}

/** What a search asks of one object: a query and the values of its binds. */
export type SearchPart = readonly [query: SoqlQuery, binds: readonly ApexValue[]];

/** Those of the runtime's operations that the org does. */
export const hostCalls = (theHost: () => Host) => ({
  query: (query: SoqlQuery, binds: readonly ApexValue[]) => theHost().query(query, binds),
  count: (query: SoqlQuery, binds: readonly ApexValue[]) => theHost().count(query, binds),
  search: (term: string | null, group: string, returning: readonly SearchPart[], limit: number | null) =>
    theHost().search(term, group, returning, limit),
  dml(
    operation: Parameters<Host['dml']>[0],
    value: ApexValue,
    access: 'user' | 'system' | null,
    externalId: string | null,
  ): void {
    theHost().dml(operation, value ?? throwNull(), access, externalId);
  },
  merge(winner: ApexValue, losers: ApexValue, access: 'user' | 'system' | null): void {
    theHost().merge(winner, losers, access);
  },
  setting: (object: string, method: string, parameters: readonly ApexValue[]) =>
    theHost().setting(object, method, parameters),
  page: (url: string) => theHost().page(url),
  fieldSet: (object: string, name: string) => theHost().fieldSet(object, name),
  objectToken: (name: string) => theHost().objectToken(name),
  fieldToken: (object: string, field: string) => theHost().fieldToken(object, field),
  future(
    className: string,
    method: string,
    parameters: readonly ApexValue[],
    run: (...parameters: ApexValue[]) => ApexValue,
  ): null {
    theHost().future(className, method, parameters, run);
    return null;
  },
  enterRunAs: (user: ApexValue) => theHost().enterRunAs(user),
  leaveRunAs(before: unknown): void {
    theHost().leaveRunAs(before);
  },
  tick(): void {
    theHost().tick();
  },
});
