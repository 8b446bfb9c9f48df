import type { Logger } from 'pino';
import { Loop } from '../../jobs/loop.ts';
import { takeChannel } from './channel.ts';
import type { DrainServices } from './drain-services.ts';
import { drain } from './drain.ts';
import { openRuns } from '../integrations/advance-schedules.ts';

/** Milliseconds between looks at the outbox when nothing is due. */
const IDLE = 1000;

/**
 * Sends what is due, one connection at a time, and opens the runs of schedules.
 *
 * @param loops connections that this copy of the server sends for at the same time
 */
export function deliveryLoops(services: DrainServices, loops: number, logger: Logger): Loop[] {
  const runs = async (): Promise<boolean> => {
    await openRuns(services.database.knex);
    return false;
  };
  return [
    new Loop('delivery-runs', runs, IDLE, logger),
    ...Array.from(
      { length: loops },
      () => new Loop('deliveries', (stopping) => deliverOnce(services, stopping), IDLE, logger),
    ),
  ];
}

/** Sends for the connection that has waited longest; answers whether there was one. */
export async function deliverOnce(services: DrainServices, stopping: AbortSignal): Promise<boolean> {
  const channel = await takeChannel(services.database.knex);
  if (channel === null) return false;
  await drain(services, channel, stopping);
  return true;
}
