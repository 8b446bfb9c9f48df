import { Threads } from '../../http/threads.ts';
import type { FoundFile } from './import-settings.ts';
import type { FileHead } from './inspect-head.ts';

/** Looks at files: answers what one is, or throws a 422 problem for one that holds no table. */
export type Inspection = Threads<FileHead, FoundFile>;

/**
 * @param worker a module whose default export does the work
 * @param deadline says when a file that is begun with now has taken too long
 */
export function openInspection(worker: URL, deadline?: () => AbortSignal): Inspection {
  return new Threads(worker, {
    maxWaiting: 4,
    tooMany: 'Several files of this account are being looked at.',
    tooSlow: [
      'inspection-too-slow',
      'The file could not be looked at in time. Its bytes are kept: send the rest of it, which is nothing, once more.',
    ],
    ...(deadline && { deadline }),
  });
}

/** That of this process. Its threads end by themselves, and keep no process from ending. */
export const inspection = openInspection(new URL('inspect-worker.ts', import.meta.url));
