// Calls of the API, with the session's cookie and the proof that belongs to it.

import { labels, wordsOf } from 'di/labels';

let proof = null;

/** A refused call: what the API's problem says, in words that people can act on. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(
      wordsOf({ message: problem.detail ?? problem.title ?? `HTTP ${status}`, sentence: problem.sentence }),
    );
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.problem = problem;
  }
}

/** Dispatched on window when a session is over: sign in again, and go on where you were. */
export const SIGNED_OUT = 'di-signed-out';

/** Who is signed in, or null, with the address that Salesforce calls. Asks the server anew. */
export async function openSession() {
  return entered(await request('GET', '/console/session'));
}

/** Signs in; answers the session, as openSession does. */
export async function signIn(email, password) {
  return entered(await request('POST', '/console/session', { email, password }));
}

/**
 * Begins a sign-on by the identity provider; answers where the browser goes.
 *
 * @param {string} place where in the console somebody comes back to, with its #
 * @returns {Promise<string>}
 */
export async function beginSignOn(place) {
  // What an address may hold and a way back may not is left out: the first screen is as good.
  const returnTo = /^#\/[\w\-./%?=&]{1,490}$/.test(place) ? place : undefined;
  const { address } = await request('POST', '/console/sign-on', { returnTo });
  return address;
}

function entered(session) {
  proof = session.proof;
  return session;
}

export async function signOut() {
  await request('DELETE', '/console/session');
  proof = null;
}

/**
 * Calls an endpoint that anybody may call, or the operator by their token; a refusal is no end of a session.
 *
 * @template {string} Method
 * @template {keyof import("../../../types/calls").Known} Shape
 * @param {Method} method
 * @param {import('../../../types/calls').Path<Shape>} path
 * @param {import('../../../types/calls').Given<Method, Shape>} [body]
 * @param {string | null} [token]
 * @returns {Promise<import('../../../types/calls').Answer<Method, Shape>>}
 */
export async function callAsNobody(method, path, body, token = null) {
  return request(method, path, body, token);
}

/**
 * Calls an endpoint; answers what it answers. Throws ApiError.
 *
 * @template {string} Method
 * @template {keyof import("../../../types/calls").Known} Shape
 * @param {Method} method
 * @param {import('../../../types/calls').Path<Shape>} path
 * @param {import('../../../types/calls').Given<Method, Shape>} [body]
 * @returns {Promise<import('../../../types/calls').Answer<Method, Shape>>}
 */
export async function call(method, path, body) {
  return noticing(() => request(method, path, body));
}

/**
 * Sends a CSV file, or a part of it, as it is; answers what is answered.
 *
 * @template {string} Method
 * @template {keyof import("../../../types/calls").Known} Shape
 * @param {Method} method
 * @param {import('../../../types/calls').Path<Shape>} path
 * @param {Blob} part
 * @returns {Promise<import('../../../types/calls').Answer<Method, Shape>>}
 */
export async function send(method, path, part) {
  return noticing(() => exchange(method, path, 'text/csv', part));
}

/** A session that is over is told to the console. */
async function noticing(work) {
  try {
    return await work();
  } catch (error) {
    if (error.status === 401 || error.code === 'missing-proof')
      window.dispatchEvent(new CustomEvent(SIGNED_OUT));
    throw error;
  }
}

/**
 * An address of what an account has, its segments encoded.
 *
 * @template {readonly (string | number)[]} const Segments
 * @param {Segments} segments
 * @returns {import('../../../types/calls').AdminPath<Segments>}
 */
export function pathOf(...segments) {
  return /** @type {any} */ (addressOf(['v1', 'admin', ...segments]));
}

/**
 * An address of what whoever is signed in has.
 *
 * @template {readonly (string | number)[]} const Segments
 * @param {Segments} segments
 * @returns {import('../../../types/calls').OwnPath<Segments>}
 */
export function ownPathOf(...segments) {
  return /** @type {any} */ (addressOf(['v1', ...segments]));
}

function addressOf(segments) {
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

/**
 * An address with a query of those parameters that have a value.
 *
 * @template {keyof import("../../../types/calls").Known} Shape
 * @param {import('../../../types/calls').Path<Shape>} path
 * @param {import('../../../types/calls').Query<Shape>} parameters
 * @returns {import('../../../types/calls').Path<Shape>}
 */
export function asking(path, parameters) {
  return /** @type {any} */ (`${path}${queryOf(parameters)}`);
}

/** A query of those members that have a value, with its question mark. */
export function queryOf(parameters) {
  const given = Object.entries(parameters).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function request(method, path, body, token = null) {
  const isGiven = body !== undefined;
  return exchange(
    method,
    path,
    isGiven ? 'application/json' : null,
    isGiven ? JSON.stringify(body) : undefined,
    token,
  );
}

async function exchange(method, path, type, body, token = null) {
  const headers = {};
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  else if (proof !== null) headers['X-CSRF-Token'] = proof;
  if (type !== null) headers['Content-Type'] = type;
  const response = await fetched(path, { method, headers, credentials: 'same-origin', body });
  const text = await response.text();
  const answer = text === '' ? null : parsed(text);
  if (!response.ok) throw new ApiError(response.status, answer ?? {});
  return answer;
}

/** Browsers say no more than that a call failed. */
async function fetched(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new ApiError(0, { code: 'unreachable', detail: labels.problem.unreachable });
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}
