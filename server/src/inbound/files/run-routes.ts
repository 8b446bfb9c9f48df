import type { Knex } from 'knex';
import { z } from 'zod';
import type { AccountCaller } from '../../access/caller.ts';
import { forbidden } from '../../http/problem.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { Imports, type Import, type ImportStatus } from './imports.ts';
import { importAnswer, shownImport } from './shown-import.ts';

/** Throws problems that say what keeps a file from where it goes. */
export type CheckSettings = (knex: Knex, given: Import) => Promise<void>;

/** What is done with an import. */
interface Step {
  readonly name: 'check' | 'start' | 'pause' | 'resume' | 'cancel';
  readonly action: string;
  readonly summary: string;
  readonly from: readonly ImportStatus[];
  /** Whether settings have to fit. */
  readonly isChecked: boolean;
  readonly change: (knex: Knex, given: Import) => Readonly<Record<string, unknown>>;
}

/** Whoever works on the import notices that it no longer is theirs. */
const LET_GO = { lease: null, leased_until: null, due_at: null };

/** A run begins at the file's start, with nothing counted. */
function begun(knex: Knex, status: ImportStatus, isDryRun: boolean): Readonly<Record<string, unknown>> {
  return {
    status,
    is_dry_run: isDryRun,
    message: null,
    run: knex.raw('run + 1'),
    position: 0,
    line: 0,
    counts: '{}',
    job: null,
    seconds: 0,
    started_at: knex.fn.now(),
    finished_at: null,
    ...LET_GO,
  };
}

const RESUME: Step = {
  name: 'resume',
  action: 'import.resumed',
  summary: 'Goes on with a paused or failed import where it stopped',
  from: ['paused', 'failed'],
  isChecked: true,
  change: (_knex, { isDryRun }) => ({
    status: isDryRun ? 'checking' : 'running',
    message: null,
    finished_at: null,
    ...LET_GO,
  }),
};

const STEPS: readonly Step[] = [
  {
    name: 'check',
    action: 'import.check-started',
    summary: 'Checks a file without writing: what would become of each row; runs in the background',
    from: ['ready'],
    isChecked: true,
    change: (knex) => begun(knex, 'checking', true),
  },
  {
    name: 'start',
    action: 'import.started',
    summary: 'Starts an import; it runs in the background',
    from: ['ready'],
    isChecked: true,
    change: (knex) => begun(knex, 'running', false),
  },
  {
    name: 'pause',
    action: 'import.paused',
    summary: 'Pauses an import after the portion at hand',
    from: ['checking', 'running'],
    isChecked: false,
    change: () => ({ status: 'paused', ...LET_GO }),
  },
  RESUME,
  {
    name: 'cancel',
    action: 'import.cancelled',
    summary: 'Ends an import where it is; rows that were written stay',
    from: ['uploading', 'ready', 'checking', 'running', 'paused', 'failed'],
    isChecked: false,
    change: (knex) => ({ status: 'cancelled', finished_at: knex.fn.now(), ...LET_GO }),
  },
];

/** Steps of an import's life. */
export function runRoutes(check: CheckSettings): Route[] {
  return STEPS.map((step) =>
    accountEndpoint({
      method: 'post',
      path: `/v1/admin/imports/{import}/${step.name}`,
      scope: 'imports:write',
      tag: 'Imports',
      summary: step.summary,
      params: z.strictObject({ import: z.uuid() }),
      answer: { schema: importAnswer },
      handle: async ({ knex, caller, params, audit }) => {
        const after = await takeStep(step, check, { knex, caller, id: params.import });
        const { id, project, name, counts } = after;
        audit({ action: step.action, subject: id, detail: { project, name, counts } });
        return shownImport(after);
      },
    }),
  );
}

/** An import that somebody does something with. */
interface StepCall {
  readonly knex: Knex;
  readonly caller: AccountCaller;
  readonly id: string;
}

async function takeStep(step: Step, check: CheckSettings, { knex, caller, id }: StepCall): Promise<Import> {
  const imports = new Imports(knex, caller.accountId);
  const before = await imports.find(id);
  if (step.isChecked && step.from.includes(before.status)) {
    refuseConsent(caller, before);
    await check(knex, before);
  }
  const after = await imports.change(before.id, step.from, {
    ...step.change(knex, before),
    ...(step.isChecked ? { actor: JSON.stringify(caller.actor) } : {}),
  });
  if (step.name === 'check' || step.name === 'start')
    await knex('di.import_result').where({ import_id: before.id }).delete();
  return after;
}

/** Goes on with an import that failed, where it stopped. */
export async function resumeImport(check: CheckSettings, call: StepCall): Promise<void> {
  await takeStep(RESUME, check, call);
}

/** Who may import rows may not speak for people by that alone. */
function refuseConsent({ scopes }: AccountCaller, { settings }: Import): void {
  if ((settings?.consents ?? []).length > 0 && !scopes.has('consent:write'))
    throw forbidden(
      'insufficient-scope',
      'Columns of the file change consent: this needs the scope consent:write too.',
    );
}
