import { createServer } from 'node:net';

/** Ports that no system gives to outgoing connections by itself. */
const FIRST = 15_000;
const COUNT = 15_000;

/** Each process begins somewhere else, and gives no port twice: what was free a moment ago is not another test's by then. */
let next = (process.pid * 131) % COUNT;

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
