declare module 'fs-native-extensions' {
  /** Locks a part of a file for this process; answers false where another one has it. Throws where files cannot be locked. */
  export function tryLock(fd: number, offset: number, length: number): boolean;
}
