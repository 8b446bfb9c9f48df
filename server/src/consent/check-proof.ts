import { z } from 'zod';
import { isStorableJson } from '../values/storable.ts';

/** Bytes of a proof, as JSON. */
export const MOST_PROOF = 8192;

/** Anything that shows what the person did: address of the machine, text shown, form, document. */
export const proofSchema = z.record(z.string().max(100), z.unknown()).meta({ maxProperties: 1000 });

/** What is wrong with a proof; null where it can be kept. */
export function proofFault(proof: Readonly<Record<string, unknown>>): string | null {
  const text = JSON.stringify(proof);
  if (Buffer.byteLength(text) > MOST_PROOF) return `The proof is larger than ${MOST_PROOF} bytes of JSON.`;
  if (depthOf(text) > 16) return 'The proof is nested more than 16 levels deep.';
  if (!isStorableJson(text)) return 'The proof holds a NUL or half a character (a lone surrogate).';
  return null;
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of json.replace(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += mark === '[' || mark === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
