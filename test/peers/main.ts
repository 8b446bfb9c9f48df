// The peers' own cases against this product:
//   npm run peers -- <folder of a fetched repository> …
// of rudderlabs/rudder-transformer or segmentio/action-destinations, with a work tree or without one. Their cases are read
// from there and run against the code that makes calls of events, with an org that remembers what it was sent. Ends with 1
// where a case comes out wrong.
import { Fetched } from './fetched.ts';
import { rudderStack } from './rudderstack.ts';
import { segment } from './segment.ts';
import type { Verdict } from './verdicts.ts';

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error('Name the folder of a fetched repository.');
let wrong = 0;
for (const folder of folders) {
  const fetched = new Fetched(folder);
  const isSegment = fetched.endingWith('destinations/salesforce/sf-operations.ts').length > 0;
  const verdicts = await (isSegment ? segment : rudderStack)(fetched);
  show(isSegment ? 'Segment' : 'RudderStack', verdicts);
  wrong += verdicts.filter(({ kind }) => kind === 'wrong').length;
}
process.exitCode = wrong > 0 ? 1 : 0;

function show(peer: string, verdicts: readonly Verdict[]): void {
  const kinds = ['right', 'on purpose', 'wrong', 'not ours'] as const;
  const count = (kind: Verdict['kind']): string =>
    `${verdicts.filter((each) => each.kind === kind).length} ${kind}`;
  console.log(`\n${peer}: ${verdicts.length} cases, ${kinds.map(count).join(', ')}`);
  for (const { name, kind, why } of verdicts)
    if (kind !== 'right') console.log(`  ${kind}: ${name}: ${why ?? ''}`);
}
