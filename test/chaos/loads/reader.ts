import { PROJECT } from '../../../scripts/demo/set-up.ts';
import type { Ground, Load } from '../load.ts';

const PATHS = [
  '/v1/admin/health',
  '/v1/admin/connections',
  `/v1/admin/projects/${PROJECT}/tables/Contact/rows?limit=100&count=true`,
  '/v1/admin/integrations',
  '/v1/admin/deliveries',
  '/v1/admin/incidents',
];

/** Somebody who looks at the console all day. */
export function reader({ calls, adminToken: token }: Ground): Load {
  let place = 0;
  return {
    name: 'reader',
    pause: 150,
    act: async () => {
      place += 1;
      const answer = await calls.once({ method: 'GET', path: PATHS[place % PATHS.length] ?? '', token });
      if (answer.status !== 200 && answer.status !== 503)
        calls.violate(
          `${PATHS[place % PATHS.length] ?? ''} was answered ${answer.status} ${answer.code ?? ''}`,
        );
    },
    check: () => Promise.resolve([]),
  };
}
