// Salesforce Code Analyzer over force-app: the AppExchange, Security and Recommended rules of PMD, the Graph Engine
// (CRUD and FLS by data flow), ESLint, RetireJS and the regular-expression engine. Fails on every violation, whatever its
// severity, and on whatever an engine could not look at, but for what config/code-analyzer.mjs explains. Needs a Java runtime.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CodeAnalyzer, CodeAnalyzerConfig, EventType, LogLevel } from '@salesforce/code-analyzer-core';
import { createEnginePlugin as eslintEngine } from '@salesforce/code-analyzer-eslint-engine';
import { createEnginePlugin as pmdEngine } from '@salesforce/code-analyzer-pmd-engine';
import { createEnginePlugin as regexEngine } from '@salesforce/code-analyzer-regex-engine';
import { createEnginePlugin as retireEngine } from '@salesforce/code-analyzer-retirejs-engine';
import { createEnginePlugin as graphEngine } from '@salesforce/code-analyzer-sfge-engine';
import { acceptedErrors, acceptedFindings, disabledRules, unfollowed } from '../config/code-analyzer.mjs';

const root = path.dirname(import.meta.dirname);
const source = path.join(root, 'force-app');
/** What the Graph Engine follows calls through: no test is entered from outside, and each type costs every one of its paths. */
const shipped = path.join(source, 'main');
const left = new Set(unfollowed.map(({ file }) => path.join(source, file)));
const followed = readdirSync(shipped, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name));
for (const file of left)
  if (!followed.includes(file))
    throw new Error(`config/code-analyzer.mjs leaves out a file that is not there: ${file}`);
// Threads and the collecting of garbage beside them cost more processor than they save where tests run at the same time.
// So does the Graph Engine's own log: it warns of every expression it does not know, on every path, in three places.
const logging = pathToFileURL(path.join(root, 'config/graph-engine-log.xml'));
process.env.JAVA_TOOL_OPTIONS ??= `-XX:+UseSerialGC -Dlog4j2.configurationFile=${logging}`;
// A path is given up after half a minute by the clock otherwise, and not looked at where the machine does something else.
const patience = { java_thread_timeout: 15 * 60_000 };
const config = { engines: { sfge: { java_max_heap_size: '4g', java_thread_count: 1, ...patience } } };
/** Of a message, which the engine ends with where it stood in itself. */
const LONGEST = 600;
/** What engines say they could not do. */
const errors = [];
const results = await Promise.all([
  analyze(source, [pmdEngine, regexEngine, eslintEngine, retireEngine]),
  analyze(
    shipped,
    [graphEngine],
    followed.filter((file) => !left.has(file)),
  ),
]);
const violations = results.flatMap((result) => result.violations);
const ruleCount = results.reduce((sum, result) => sum + result.rules, 0);

/** Runs engines over a folder, or over some files of it. */
async function analyze(folder, engines, files = [folder]) {
  const analyzer = new CodeAnalyzer(CodeAnalyzerConfig.fromObject(config, source));
  analyzer.onEvent(EventType.EngineLogEvent, ({ logLevel, message }) => {
    if (logLevel === LogLevel.Error) errors.push(message);
  });
  for (const createEngine of engines) await analyzer.addEnginePlugin(createEngine());
  const workspace = await analyzer.createWorkspace([folder], files);
  const rules = await analyzer.selectRules(['AppExchange', 'Security', 'Recommended'], { workspace });
  const violations = (await analyzer.run(rules, { workspace })).getViolations();
  return { violations, rules: rules.getCount() };
}

const found = violations
  .map((violation) => {
    const at = violation.getPrimaryLocation();
    const rule = violation.getRule();
    return {
      rule: `${rule.getEngineName()}:${rule.getName()}`,
      severity: rule.getSeverityLevel(),
      file: path.relative(source, at.getFile() ?? ''),
      line: at.getStartLine(),
      message: violation.getMessage().replace(/\s+/g, ' '),
    };
  })
  .filter(({ rule }) => !(rule in disabledRules));
const unexplained = found.filter(({ file, rule }) => !(`${file} ${rule}` in acceptedFindings));
const lines = unexplained.map(
  ({ rule, severity, file, line, message }) => `severity ${severity}  ${file}:${line}  ${rule}  ${message}`,
);
// An explanation of what is no longer found would hide the next finding there.
const stale = Object.keys(acceptedFindings).filter(
  (key) => !found.some(({ file, rule }) => `${file} ${rule}` === key),
);
for (const key of stale) lines.push(`config/code-analyzer.mjs explains what is not found: ${key}`);
const isOf = ({ file, error }, message) => message.includes(`/${file}`) && message.includes(error);
const unknownErrors = errors.filter((message) => !acceptedErrors.some((each) => isOf(each, message)));
for (const message of unknownErrors) lines.push(`An engine failed: ${message.slice(0, LONGEST)}`);
for (const each of acceptedErrors.filter((one) => !errors.some((message) => isOf(one, message))))
  lines.push(`config/code-analyzer.mjs explains an error that there was not: ${each.file} ${each.error}`);
for (const line of lines.sort()) console.log(line);
console.log(
  `Code Analyzer: ${ruleCount} rules, ${unexplained.length} violations, ${found.length - unexplained.length} explained in config/code-analyzer.mjs; ${errors.length} errors of its engines, ${errors.length - unknownErrors.length} explained.`,
);
process.exitCode = lines.length > 0 ? 1 : 0;
