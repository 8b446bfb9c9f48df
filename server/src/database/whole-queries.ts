import type { PGlite } from '@electric-sql/pglite';

/** Messages of the extended query protocol that leave a query open until the Sync after them. */
const OPENING = new Set(['P', 'B', 'D', 'E', 'C', 'H'].map((type) => type.charCodeAt(0)));

/**
 * The embedded database as its socket server is to see it. All connections share one session there, and the server takes
 * their messages one by one, as they come: between one connection's Parse and its Bind another one's Parse would put its
 * statement in the place of the first. The server keeps to one connection while a transaction is open, so a query that is
 * not at its end is said to be one.
 */
export function wholeQueries(db: PGlite): PGlite {
  let isOpen = false;
  const seen: Pick<PGlite, 'isInTransaction' | 'execProtocolRawStream' | 'exec'> = {
    isInTransaction: () => isOpen || db.isInTransaction(),
    execProtocolRawStream: (message, options) => {
      isOpen = OPENING.has(message[0] ?? 0);
      return db.execProtocolRawStream(message, options);
    },
    // Only what a connection leaves behind is ended so.
    exec: async (statement, options) => {
      if (isOpen) await db.execProtocolRaw(SYNC);
      isOpen = false;
      return db.exec(statement, options);
    },
  };
  return new Proxy(db, {
    get: (target, name) => {
      if (name in seen) return seen[name as keyof typeof seen];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const SYNC = new Uint8Array([0x53, 0, 0, 0, 4]);
