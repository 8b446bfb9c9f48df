// The local org's command line:
//   serve [--port N] [--remote-site URL]… [--minute MS] [--url URL] [folder …]   an org with its REST API, until it is
//        stopped; a minute of a queueable's delay takes a second of whoever waits for it, unless --minute says how many
//        milliseconds. With --url the org says that it is there, at a proxy that stands in front of it
//   --strict refuses at load what is otherwise refused where it is reached
//   run [--file F] [folder …]                         runs anonymous Apex, of a file or of what is written to it, and prints what it
//        debugs
//   test [--coverage] [--classes A,B] [folder …]       runs the @IsTest classes, ends with `N passed, N failed`
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createOrg, type LocalOrg } from './org.ts';
import { coverageReport } from './execution/coverage.ts';
import { projectFolders } from './project-folders.ts';
import { refusalReport } from './refusal-report.ts';
import { runTests } from './execution/tests.ts';
import { LOGIN, serveOrg } from './rest/server.ts';
import { asApexException } from './values/exception.ts';
import { SourceError } from './values/object.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    'remote-site': { type: 'string', multiple: true, default: [] },
    minute: { type: 'string', default: '1000' },
    url: { type: 'string' },
    strict: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    classes: { type: 'string' },
    file: { type: 'string' },
  },
});
const [command, ...folders] = positionals;
const lenience = values.strict ? 'none' : 'unsupported';
// Without folders, those of the SFDX project that the command is given in.
const sources = folders.length > 0 ? folders : projectFolders(process.cwd());

try {
  if (command === 'serve') await serve();
  else if (command === 'test') test();
  else if (command === 'run') run();
  else {
    console.error('Say `serve`, `test` or `run`.');
    process.exitCode = 2;
  }
} catch (error) {
  // Source that does not compile, or metadata that is not understood, is said line by line, not as a stack of the compiler's own.
  if (!(error instanceof AggregateError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** What whoever loads the source should know: what is refused, what is not enforced. */
function notesOf(org: LocalOrg): readonly string[] {
  return [...(org.refusals.length > 0 ? [refusalReport(org.refusals)] : []), ...org.warnings];
}

async function serve(): Promise<void> {
  const org = createOrg({
    sources,
    lenience,
    remoteSites: values['remote-site'],
    isLive: true,
    delayMinute: Number(values.minute),
    log: (line) => {
      console.error(line);
    },
  });
  for (const line of notesOf(org)) console.error(line);
  const server = await serveOrg(org, Number(values.port));
  if (values.url !== undefined) server.host.url = values.url;
  console.log(`Local org at ${server.url}, user ${LOGIN.userName}, password ${LOGIN.password}`);
  // A parent process that started this one learns the address this way.
  process.send?.({ url: server.url });
  const stop = (): void => {
    org.close();
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
}

/** A failure of the Apex is told as the platform tells it, and ends with 1. */
function run(): void {
  const org = createOrg({ sources, lenience });
  try {
    for (const line of org.executeAnonymous(readFileSync(values.file ?? 0, 'utf8'))) console.log(line);
  } catch (error) {
    const exception = asApexException(error);
    if (!exception && !(error instanceof SourceError)) throw error;
    console.error(exception ? `${exception.toString()}\n${exception.stackTrace()}` : String(error));
    process.exitCode = 1;
  }
}

function test(): void {
  const org = createOrg({ sources, lenience, coverage: values.coverage });
  for (const line of notesOf(org)) console.log(`${line}\n`);
  const outcomes = runTests(org, values.classes === undefined ? {} : { classes: values.classes.split(',') });
  for (const outcome of outcomes) {
    console.log(
      `${outcome.failure === null ? '✓' : '✗'} ${outcome.className}.${outcome.method} (${outcome.duration.toFixed(0)} ms)`,
    );
    if (outcome.failure !== null) console.log(outcome.failure.replace(/^/gm, '    '));
  }
  if (values.coverage) console.log(`\n${coverageReport(org.program)}`);
  const failed = outcomes.filter((outcome) => outcome.failure !== null).length;
  console.log(`\n${outcomes.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || outcomes.length === 0 ? 1 : 0;
}
