// The screens, to click through by hand: the API on its embedded database, a local org and its Lightning pages.
//   npm run screens [-- --port 3002]
import { parseArgs } from 'node:util';
import { setUpProject } from '../../scripts/demo/set-up.ts';
import { assign, setBackstage } from './stage.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '3002' } } });
const backstage = await setBackstage(Number(values.port));
await assign(backstage.salesforce, 'DI_Admin');
const { keyId, secret } = await setUpProject(backstage.di);
console.log(`Screens:   ${backstage.screens.url}
Endpoint:  ${backstage.api.url}
Key id:    ${keyId}
Secret:    ${secret}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void backstage.close().then(() => process.exit(0)));
