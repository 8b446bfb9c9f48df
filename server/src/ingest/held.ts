import { Problem } from '../http/problem.ts';

/**
 * Why a transfer takes nothing as the project is configured now. Nothing is wrong with the records: the plugin holds them, and
 * asks again after a while. Stable: the plugin says them in the user's language.
 */
export const HOLDS = [
  'transfer-paused',
  'transfer-draft',
  'transfer-missing',
  'table-missing',
  'table-archived',
  'project-archived',
] as const;
export type Hold = (typeof HOLDS)[number];

/** Seconds after which the plugin asks again: whoever activates a transfer waits no longer than this. */
const ASKED_AGAIN_AFTER = 300;

/** What versions of the plugin know that do not know holds: they set the batch aside, whichever of these it is. */
const STATUS: Readonly<Record<Hold, { readonly status: number; readonly code: string }>> = {
  'transfer-paused': { status: 409, code: 'transfer-not-active' },
  'transfer-draft': { status: 409, code: 'transfer-not-active' },
  'transfer-missing': { status: 409, code: 'transfer-not-active' },
  'table-missing': { status: 404, code: 'not-found' },
  'table-archived': { status: 422, code: 'table-archived' },
  'project-archived': { status: 422, code: 'project-archived' },
};

/** The answer to a batch whose transfer is to be held: a problem with the member `hold`, and when to ask again. */
export function held(hold: Hold, detail: string): Problem {
  const { status, code } = STATUS[hold];
  return new Problem(status, code, 'The transfer takes nothing now', detail, {
    headers: { 'Retry-After': String(ASKED_AGAIN_AFTER) },
    extension: { hold },
  });
}

/** Why the transfer is held that a batch was refused for; null where something is wrong with the batch. */
export function holdOf(problem: Problem): Hold | null {
  return HOLDS.find((hold) => hold === problem.extension.hold) ?? null;
}
