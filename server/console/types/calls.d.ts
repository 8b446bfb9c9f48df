// What the console may call, and what is answered: read out of the types that scripts/api-types.ts makes of the API's own
// description. A path is known by its shape, with {} for each segment that is named at run time.
import type { paths } from '../../../.cache/api.d.ts';

type Shape<Path extends string> = Path extends `${infer Start}{${string}}${infer End}`
  ? `${Start}{}${Shape<End>}`
  : Path;
/** What can be called, by shape. */
export type Known = { [Path in keyof paths as Shape<Path>]: paths[Path] };

/** Segments as a shape: what is no literal is a parameter. */
type Joined<Segments extends readonly unknown[]> = Segments extends readonly [infer First, ...infer Rest]
  ? `/${First extends string ? (string extends First ? '{}' : First) : '{}'}${Joined<Rest>}`
  : Segments extends readonly []
    ? ''
    : '/?';

declare const shape: unique symbol;
/** An address of the API, and what shape it has. */
export type Path<S extends string> = string & { readonly [shape]: S };
export type AdminPath<Segments extends readonly unknown[]> = Path<`/v1/admin${Joined<Segments>}`>;
export type OwnPath<Segments extends readonly unknown[]> = Path<`/v1${Joined<Segments>}`>;

type Operation<Method extends string, S extends string> = S extends keyof Known
  ? Lowercase<Method> extends keyof Known[S]
    ? Known[S][Lowercase<Method>]
    : never
  : never;

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : null;
type Successes<Responses> = {
  [Status in keyof Responses]: Status extends 200 | 201 | 202 | 204 ? Json<Responses[Status]> : never;
};

/** What a call answers. */
export type Answer<Method extends string, S extends string> =
  Operation<Method, S> extends { responses: infer Responses } ? Successes<Responses>[keyof Responses] : never;

type Content<Body> = Body extends { content: infer Types } ? Types[keyof Types] : undefined;

type Named<Body> = Body extends object ? { [Member in keyof Body]?: unknown } : Body;

/** What a call is given, by the names of its members: their values are whatever a form has. Nothing where the API takes nothing. */
export type Given<Method extends string, S extends string> =
  Operation<Method, S> extends { requestBody?: infer Body } ? Named<Content<NonNullable<Body>>> : undefined;

/** What may be asked for with an address. */
export type Query<S extends string> =
  Operation<'get', S> extends { parameters: { query?: infer Parameters } }
    ? Partial<Record<keyof Parameters, unknown>>
    : never;
