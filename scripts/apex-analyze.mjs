// Salesforce Code Analyzer over force-app: the AppExchange, Security and Recommended rules of PMD, the Graph Engine
// (CRUD and FLS by data flow), ESLint, RetireJS and the regular-expression engine. Fails on violations of severity 1
// and 2 (critical and high); the graver ones that are right to leave are suppressed at their place, with the reason. The
// others are counted, and printed with --all. Needs a Java runtime.
import path from 'node:path';
import { CodeAnalyzer, CodeAnalyzerConfig } from '@salesforce/code-analyzer-core';
import { createEnginePlugin as eslintEngine } from '@salesforce/code-analyzer-eslint-engine';
import { createEnginePlugin as pmdEngine } from '@salesforce/code-analyzer-pmd-engine';
import { createEnginePlugin as regexEngine } from '@salesforce/code-analyzer-regex-engine';
import { createEnginePlugin as retireEngine } from '@salesforce/code-analyzer-retirejs-engine';
import { createEnginePlugin as graphEngine } from '@salesforce/code-analyzer-sfge-engine';

const source = path.join(path.dirname(import.meta.dirname), 'force-app');
const config = { engines: { sfge: { java_max_heap_size: '4g', java_thread_count: 2 } } };
const analyzer = new CodeAnalyzer(CodeAnalyzerConfig.fromObject(config, source));
for (const createEngine of [pmdEngine, graphEngine, regexEngine, eslintEngine, retireEngine]) {
  await analyzer.addEnginePlugin(createEngine());
}
const workspace = await analyzer.createWorkspace([source]);
const rules = await analyzer.selectRules(['AppExchange', 'Security', 'Recommended'], { workspace });
const violations = (await analyzer.run(rules, { workspace })).getViolations();

const GRAVEST = 2;
const grave = violations.filter((violation) => violation.getRule().getSeverityLevel() <= GRAVEST);
const shown = process.argv.includes('--all') ? violations : grave;
const lines = shown.map((violation) => {
  const at = violation.getPrimaryLocation();
  const rule = violation.getRule();
  const place = `${path.relative(source, at.getFile() ?? '')}:${at.getStartLine()}`;
  return `severity ${rule.getSeverityLevel()}  ${place}  ${rule.getEngineName()}:${rule.getName()}  ${violation.getMessage().replace(/\s+/g, ' ')}`;
});
for (const line of lines.sort()) console.log(line);
console.log(
  `Code Analyzer: ${rules.getCount()} rules, ${grave.length} grave violations, ${violations.length - grave.length} others.`,
);
process.exitCode = grave.length > 0 ? 1 : 0;
