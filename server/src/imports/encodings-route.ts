import { z } from 'zod';
import { accountEndpoint, type Route } from '../http/route.ts';
import { SCRIPTS } from './alphabets.ts';
import { ENCODINGS, scriptOf } from './encoding-names.ts';

/** What there is to choose from where a file is read wrongly. */
export function encodingsRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/import-encodings',
    scope: 'imports:read',
    tag: 'Imports',
    summary: 'Encodings that a file may have, and what is written in them',
    answer: {
      schema: z.object({
        encodings: z.array(z.object({ name: z.enum(ENCODINGS), script: z.enum(SCRIPTS) })),
      }),
    },
    handle: () => Promise.resolve({ encodings: ENCODINGS.map((name) => ({ name, script: scriptOf(name) })) }),
  });
}
