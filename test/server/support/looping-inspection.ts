import type { Outcome } from '../../../server/src/http/threads.ts';
import type { FoundFile } from '../../../server/src/inbound/files/import-settings.ts';
import type { FileHead } from '../../../server/src/inbound/files/inspect-head.ts';

/** A worker that never ends with a file of no lines, and refuses every other. */
export default function inspect({ lines }: FileHead): Outcome<FoundFile> {
  while (lines === 0) continue;
  return { refused: { status: 422, code: 'looked-at', title: 'Looked at', detail: String(lines) } };
}
