import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresCluster } from '../../server/support/postgres-cluster.ts';
import type { Door } from '../../simulation/door.ts';
import type { Copies } from '../copies.ts';
import type { Excuses } from '../excuses.ts';
import type { Ground } from '../load.ts';
import type { SmallDisk } from './small-disk.ts';

/** What a storm blows upon. */
export interface Scene {
  readonly copies: Copies;
  readonly copyCount: number;
  readonly cluster: PostgresCluster;
  /** Where the database's files are; what it says where there is none of its own is why. */
  readonly disk: SmallDisk | string;
  /** What callers, the package's Apex among them, reach the copies through. */
  readonly front: Door;
  /** What copies reach the org through. */
  readonly orgDoor: Door;
  readonly excuses: Excuses;
  readonly ground: Ground;
  readonly folder: string;
  readonly orgUrl: string;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** A kind of fault. */
export interface Kind {
  readonly name: string;
  /** Why it cannot be tried here; null where it can. */
  hindrance?(scene: Scene): string | null;
  /** Has it happen, and ends it. Answers what there is to count beside that it happened. */
  strike(scene: Scene): Promise<Readonly<Record<string, number>> | undefined>;
}

/** How often each kind happened, what more there is to count of it, and what could not be tried. */
export interface Weather {
  readonly faults: Record<string, number>;
  readonly counts: Record<string, number>;
  readonly notTried: Readonly<Record<string, string>>;
}

interface Sky {
  readonly kinds: readonly Kind[];
  /** Seconds between the end of one and the next. */
  readonly interval: number;
  readonly ending: AbortSignal;
  readonly log: (line: string) => void;
}

/** One fault after the other, of each kind as often as of any other, in an order that the seed says, until the end. */
export async function blow(scene: Scene, { kinds, interval, ending, log }: Sky): Promise<Weather> {
  const hindered = kinds.flatMap((kind) => {
    const hindrance = kind.hindrance?.(scene) ?? null;
    return hindrance === null ? [] : [[kind.name, hindrance] as const];
  });
  const notTried = Object.fromEntries(hindered);
  const possible = kinds.filter(({ name }) => notTried[name] === undefined);
  const weather: Weather = { faults: {}, counts: {}, notTried };
  let rounds = 0;
  // Each kind happens, however slow the machine is.
  const isOver = (): boolean => ending.aborted && rounds > 0;
  for (; !isOver() && possible.length > 0; rounds++)
    for (const kind of shuffled(possible, scene.random)) {
      await pause(interval * 1000, undefined, { signal: ending }).catch(() => undefined);
      if (isOver()) break;
      const started = performance.now();
      try {
        const counts = (await kind.strike(scene)) ?? {};
        weather.faults[kind.name] = (weather.faults[kind.name] ?? 0) + 1;
        for (const [name, count] of Object.entries(counts))
          weather.counts[name] = (weather.counts[name] ?? 0) + count;
        log(`${kind.name}, ${Math.round(performance.now() - started)} ms ${JSON.stringify(counts)}`);
      } catch (error) {
        scene.ground.calls.violate(`${kind.name}: ${error instanceof Error ? error.message : String(error)}`);
        log(`${kind.name} failed: ${String(error)}`);
      }
      await scene.copies.revive();
    }
  return weather;
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ one }) => one);
}
