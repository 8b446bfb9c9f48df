import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';
import { forbidden } from '../http/problem.ts';
import { hashSecret, isSecret } from './secrets.ts';

/** The header that carries the proof that a call was made by the console's own page. */
export const PROOF_HEADER = 'X-CSRF-Token';

/**
 * The console's session in a cookie. Browsers send it by themselves, whoever made the page that calls; so it counts only
 * together with a proof that a page of another origin cannot have: a value made of the session, which only an answer to the
 * console's own page holds, in a header, which another origin's page may not set.
 */
export class SessionCookie {
  readonly #name: string;
  readonly #isSecure: boolean;

  /** @param publicUrl where people reach the server: with https, the cookie goes over nothing else */
  constructor(publicUrl: string) {
    this.#isSecure = publicUrl.startsWith('https:');
    this.#name = this.#isSecure ? '__Host-di-session' : 'di-session';
  }

  /** The session's token as the browser sent it, unproven; null where there is none. */
  tokenOf(request: Request): string | null {
    return cookieOf(request, this.#name);
  }

  /**
   * The same, proven. A call that only reads may be a link as well, as of a download, if the browser itself says that the
   * console's origin made it. Throws a 403 problem without proof.
   */
  provenTokenOf(request: Request): string | null {
    const token = this.tokenOf(request);
    if (token === null) return null;
    const isOwnLink = request.method === 'GET' && request.get('Sec-Fetch-Site') === 'same-origin';
    if (!isOwnLink && !isSecret(request.get(PROOF_HEADER) ?? '', hashSecret(this.proofOf(token))))
      throw forbidden(
        'missing-proof',
        `A call with the session's cookie needs the header ${PROOF_HEADER}, as GET /console/session answers it.`,
      );
    return token;
  }

  /** The proof that belongs to a session. */
  proofOf(token: string): string {
    return createHmac('sha256', token).update('console').digest('base64url');
  }

  set(response: Response, token: string, expiresAt: Date): void {
    response.cookie(this.#name, token, { ...this.#attributes(), expires: expiresAt });
  }

  clear(response: Response): void {
    response.clearCookie(this.#name, this.#attributes());
  }

  #attributes(): { httpOnly: true; sameSite: 'strict'; secure: boolean; path: '/' } {
    return { httpOnly: true, sameSite: 'strict', secure: this.#isSecure, path: '/' };
  }
}

/** A cookie as the browser sent it; null where it sent none. */
export function cookieOf(request: Request, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
