import type { FileHead } from '../../../server/src/inbound/files/inspect-head.ts';
import type { Inspected } from '../../../server/src/inbound/files/inspect-worker.ts';

/** A worker that never ends with a file of no lines, and refuses every other. */
export default function inspect({ lines }: FileHead): Inspected {
  while (lines === 0) continue;
  return { refused: { code: 'looked-at', detail: String(lines) } };
}
