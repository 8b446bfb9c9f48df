import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';
import { hashSecret, isSecret, newSecret } from './secrets.ts';
import { cookieOf } from './session-cookie.ts';

/** Milliseconds that a browser is known for: as long as a log-in elsewhere may take. */
const LIFETIME = 15 * 60_000;
const VALUE = /^[\w-]{43}$/;

/**
 * The browser that a log-in elsewhere is bound to, known by a cookie. Salesforce, or an identity provider, sends people back by
 * a link from its own site, with which a browser sends no cookie that is strict; with a form of another site it does not send
 * this one.
 */
export class KnownBrowser {
  readonly #name: string;
  readonly #isSecure: boolean;

  /**
   * @param publicUrl where people reach the server: with https, the cookie goes over nothing else
   * @param purpose what the browser is known for, as the cookie is named
   */
  constructor(publicUrl: string, purpose: 'authorization' | 'sign-on') {
    this.#isSecure = publicUrl.startsWith('https:');
    this.#name = `${this.#isSecure ? '__Host-' : ''}di-${purpose}`;
  }

  /** What the browser is known by; null for one that is not. */
  of(request: Request): string | null {
    const value = cookieOf(request, this.#name);
    return value !== null && VALUE.test(value) ? value : null;
  }

  /** The same; a browser that is not known yet is from now on. */
  known(request: Request, response: Response): string {
    const value = this.of(request) ?? newSecret();
    response.cookie(this.#name, value, {
      httpOnly: true,
      sameSite: 'lax',
      secure: this.#isSecure,
      path: '/',
      maxAge: LIFETIME,
    });
    return value;
  }
}

/** What is stored of a browser. */
export function hashBrowser(browser: string): Buffer {
  return hashSecret(browser);
}

/** What a page for a browser holds, so that no page of another site answers in its place. */
export function proofOf(browser: string, state: string): string {
  return createHmac('sha256', browser).update(state).digest('base64url');
}

export function isProof(given: string, browser: string, state: string): boolean {
  return isSecret(given, hashSecret(proofOf(browser, state)));
}
