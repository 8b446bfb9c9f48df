import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { z } from 'zod';
import { StartRefused } from '../process/start-refused.ts';

export interface FolderLock {
  release(): void;
}

/**
 * The byte that is locked, far behind the text: on Windows a locked part cannot be read, and whoever comes second is to read
 * who has the folder.
 */
const LOCKED_BYTE = 1_000_000;

const holderSchema = z.object({ pid: z.int(), host: z.string(), since: z.string() });

/**
 * Takes a folder for this process alone: two embedded databases on the same files destroy each other's. The lock is the
 * operating system's. It ends with the process however that ends, and is seen from other containers that share the folder.
 *
 * @throws StartRefused that says who has the folder
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'server.lock');
  const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    if (!tryLock(fd, LOCKED_BYTE, 1)) throw inUse(folder, file);
    const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    ftruncateSync(fd);
    writeSync(fd, `${JSON.stringify(holder)}\n`, 0);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    release: () => {
      closeSync(fd);
    },
  };
}

function inUse(folder: string, file: string): StartRefused {
  const holder = holderOf(file);
  const who = holder
    ? `process ${holder.pid} on host ${holder.host}, since ${holder.since}`
    : 'another process, which has not yet written down who it is';
  return new StartRefused(
    `The data folder ${path.resolve(folder)} is in use by ${who}. Stop that server first, or start this one with another DATA_DIR. Several servers need a PostgreSQL of their own: DATABASE_URL.`,
  );
}

function holderOf(file: string): z.output<typeof holderSchema> | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Empty, or being written just now.
    return null;
  }
}
