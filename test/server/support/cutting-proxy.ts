import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a database that can break. */
export interface CuttingProxy {
  readonly url: string;
  /** The next time that somebody sends this, it arrives, and the connection breaks before the answer. */
  cutAfter(text: string): void;
  close(): Promise<void>;
}

/** @param target of a database, as a URL */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let wanted: string | null = null;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let isCut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        if (!isCut) {
          client.destroy();
          upstream.destroy();
        }
      });
    }
    client.on('data', (chunk) => {
      upstream.write(chunk);
      if (wanted === null || !chunk.includes(wanted)) return;
      wanted = null;
      isCut = true;
      client.resetAndDestroy();
    });
    upstream.on('data', (chunk) => client.write(chunk));
    // What was sent is carried out, whoever hears of it.
    client.once('close', () => upstream.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutAfter: (text) => {
      wanted = text;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
