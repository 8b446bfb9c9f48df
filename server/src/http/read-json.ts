import { parseExactly } from '../values/exact-numbers.ts';
import { refuseDepth, refuseManyContainers } from './json-bounds.ts';
import { badRequest } from './problem.ts';

/**
 * JSON is read from the bytes as a whole: a batch of megabytes is not decoded piece by piece. Numbers that a float would make
 * others of come as texts. Throws a 400 problem for what is no JSON, a 413 problem for more lists and objects than are read.
 */
export function readJson(bytes: Buffer): unknown {
  refuseManyContainers(bytes);
  const value = parsed(bytes.toString('utf8'));
  refuseDepth(value);
  return value;
}

function parsed(text: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 200) : '';
    throw badRequest('malformed-json', `The body is not JSON: ${detail}`);
  }
}
