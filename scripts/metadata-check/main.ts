// Checks every metadata file of force-app against what the Metadata API accepts, so that a deployment is not the first
// to find out: `tsx scripts/metadata-check/main.ts [folder]`.
import path from 'node:path';
import { checkMetadata } from './check-metadata.ts';

const folder = path.resolve(process.argv[2] ?? 'force-app');
const { files, problems } = checkMetadata(folder);
for (const { file, problem } of problems) console.log(`${path.relative(process.cwd(), file)}  ${problem}`);
console.log(`Metadata: ${files} files, ${problems.length} problems.`);
process.exitCode = problems.length > 0 || files === 0 ? 1 : 0;
