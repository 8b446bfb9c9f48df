import type { Request } from 'express';
import { unauthorized } from '../http/problem.ts';

/** Nobody is signed in as somebody else by a page of another origin; JSON alone keeps forms out, this keeps out the rest. */
export function requireOwnPage(request: Request): void {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw unauthorized('other-origin', 'Sign in on the console’s own page.');
}
