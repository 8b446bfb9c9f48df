import { z } from 'zod';
import { operatorEndpoint, type Route } from '../api/route.ts';
import type { SigningKeys } from '../access/signing-keys.ts';

export function signingKeyRoutes(keys: SigningKeys): Route[] {
  return [
    operatorEndpoint({
      method: 'post',
      path: '/v1/operator/signing-keys',
      tag: 'Operator',
      summary: 'Makes a new key for access tokens',
      description:
        'It signs from a minute later, when every copy of the server has read it; tokens of the key before stay good until they expire.',
      answer: { status: 201, schema: z.object({ id: z.string(), signsFrom: z.iso.datetime() }) },
      handle: () => keys.rotate(),
    }),
  ];
}
