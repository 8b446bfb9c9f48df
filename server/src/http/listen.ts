import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import { StartRefused } from '../process/start-refused.ts';

/** Listens, and can end within a bound. */
export interface HttpServer {
  readonly url: string;
  /** From now on every answer ends its connection; requests are still taken. */
  announceEnd(): void;
  /**
   * Takes no new connections, closes those that nothing is asked on, and lets the others end.
   *
   * @param patience milliseconds after which whatever is left is cut off
   * @returns connections that were cut off
   */
  close(patience: number): Promise<number>;
}

function portTaken(port: number, host: string): StartRefused {
  return new StartRefused(
    `Port ${port} of ${host} is in use by another program. End that one, or choose another port: PORT of the server, --port of the demo.`,
  );
}

/** Listens on an address. Rejects where that cannot be: with StartRefused where another program does. */
export async function listen(
  { port, host }: { readonly port: number; readonly host: string },
  app: RequestListener,
  logger: Logger,
): Promise<HttpServer> {
  const server = createServer(app);
  // A client that sends its headers a byte at a time does not hold a connection for ever.
  server.headersTimeout = 20_000;
  server.requestTimeout = 120_000;
  // Longer than proxies keep theirs: a connection is never closed under a request that is on its way.
  server.keepAliveTimeout = 75_000;
  const sockets = socketsOf(server);
  const announceEnd = endsAnswers(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(port, host) : error);
    });
    server.listen(port, host, resolve);
  });
  // A connection that could not be taken, too many files being open, is no reason to end.
  server.on('error', (error) => {
    logger.error({ err: error }, 'a connection could not be taken');
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    announceEnd,
    close: (patience) => {
      announceEnd();
      return close(server, sockets, patience);
    },
  };
}

function close(server: Server, sockets: ReadonlySet<Socket>, patience: number): Promise<number> {
  return new Promise((resolve) => {
    let cut = 0;
    const deadline = setTimeout(() => {
      cut = sockets.size;
      for (const socket of sockets) socket.destroy();
    }, patience);
    server.close(() => {
      clearTimeout(deadline);
      resolve(cut);
    });
    server.closeIdleConnections();
    // Node.js counts a connection that has never sent anything among the busy ones.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}

/** The connections that are open. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Answers a function after whose call every answer ends its connection, those on their way too. */
function endsAnswers(server: Server): () => void {
  const open = new Set<ServerResponse>();
  let isEnding = false;
  // Before the application, which may answer at once.
  server.prependListener('request', (_request, response) => {
    open.add(response);
    if (isEnding) endWith(response);
    response.once('close', () => {
      open.delete(response);
      // One whose headers were out before the end began has kept its connection.
      if (isEnding && !server.listening) server.closeIdleConnections();
    });
  });
  return () => {
    isEnding = true;
    for (const response of open) endWith(response);
  };
}

function endWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
