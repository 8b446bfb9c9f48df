import { ALL_KILLED, CLOCK_MOVED, COPY_KILLED, COPY_RESTARTED } from './copy-faults.ts';
import { DISK_FULL, RESTARTS, SESSIONS_ENDED } from './database-faults.ts';
import { NET, ORG_AWAY } from './net-faults.ts';
import type { Kind } from './storm.ts';
import { UPGRADE_KILLED } from './upgrade-faults.ts';

/** Every kind of fault. */
export const KINDS: readonly Kind[] = [
  COPY_KILLED,
  ALL_KILLED,
  COPY_RESTARTED,
  CLOCK_MOVED,
  SESSIONS_ENDED,
  ...RESTARTS,
  DISK_FULL,
  ...NET,
  ORG_AWAY,
  UPGRADE_KILLED,
];
