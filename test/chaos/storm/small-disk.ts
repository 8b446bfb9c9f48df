import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statfsSync } from 'node:fs';

/** Bytes of a disk that has room. */
const ROOMY = 4e9;
const FILL_ATTEMPTS = 50;

/** A disk of its own that can be full: a file system in memory, whose size changes while it is used. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): void;
  free(): void;
  remove(): void;
}

/** Makes one at a folder. Answers why it cannot be made where that is so. */
export function makeSmallDisk(folder: string): SmallDisk | string {
  mkdirSync(folder);
  try {
    mount('-t', 'tmpfs', '-o', `size=${ROOMY}`, 'di-connect-chaos', folder);
  } catch {
    return 'a file system can only be mounted by root';
  }
  chmodSync(folder, 0o777);
  const resize = (bytes: number): void => {
    mount('-o', `remount,size=${bytes}`, folder);
  };
  return {
    folder,
    fill: () => {
      // Somebody may write between the look and the change, which cannot be less than what is written.
      for (let attempt = 1; ; attempt++)
        try {
          const { blocks, bfree, bsize } = statfsSync(folder);
          resize((blocks - bfree) * bsize);
          return;
        } catch (error) {
          if (attempt >= FILL_ATTEMPTS) throw error;
        }
    },
    free: () => {
      resize(ROOMY);
    },
    remove: () => {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function mount(...options: string[]): void {
  execFileSync('mount', options, { stdio: ['ignore', 'ignore', 'pipe'] });
}
