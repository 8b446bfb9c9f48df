// The package's screens in front of an org that runs already, in a process of their own: building them takes a processor.
//   SCREENS_ORG=… SCREENS_TOKEN=… node --import tsx test/browser/serve.ts [port]
import { serveScreens } from './screens.ts';

const { SCREENS_ORG: url = '', SCREENS_TOKEN: token = '' } = process.env;
const screens = await serveScreens({ url, token }, Number(process.argv[2] ?? 0));
process.send?.({ url: screens.url });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void screens.close().then(() => process.exit(0)));
// Whoever started it may have been killed.
process.once('disconnect', () => process.exit(0));
