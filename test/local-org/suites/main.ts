// How much of other people's Apex the local org runs:
//   [--details] [--classes A,B] <folder>[,<folder>…] …   runs each argument's folders as one org, wrong names and all else that does
//        not compile refused only where it is reached, and prints how many test methods passed, failed, were refused, crashed,
//        and what it was that stopped them. With --details every method that did not pass, too
import { parseArgs } from 'node:util';
import { createOrg } from '../org.ts';
import { runTests } from '../execution/tests.ts';
import { describeOutcomes, summary, type SuiteResult } from './outcomes.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { details: { type: 'boolean', default: false }, classes: { type: 'string' } },
});
if (positionals.length === 0) {
  console.error('Say which folders of Apex source to run.');
  process.exitCode = 2;
}
const results: SuiteResult[] = [];
for (const suite of positionals) {
  const org = createOrg({ sources: suite.split(','), lenience: 'everything' });
  const outcomes = runTests(org, values.classes === undefined ? {} : { classes: values.classes.split(',') });
  const result = { suite, refusals: org.refusals, outcomes };
  results.push(result);
  console.log(describeOutcomes(result, values.details));
}
if (results.length > 1) console.log(summary(results));
