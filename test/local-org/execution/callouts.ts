import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { platformException } from '../values/exception.ts';
import type { Transaction } from './transaction.ts';

export interface CalloutRequest {
  readonly method: string;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface CalloutAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Speaker {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

let speaker: Speaker | null = null;

/** The thread that speaks HTTP while the org's own thread, which runs Apex, waits for it. */
const SPEAKER = `
const { workerData, parentPort } = require('node:worker_threads');
const { port, signal } = workerData;
port.on('message', async (request) => {
  let answer;
  try {
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const response = await fetch(request.endpoint, {
      method: request.method,
      headers: request.headers,
      body: hasBody ? request.body : undefined,
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeout),
    });
    answer = {
      status: response.status,
      statusText: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    };
  } catch (error) {
    answer = { failure: error.name === 'TimeoutError' ? 'Read timed out' : (error.cause?.message || error.message) };
  }
  port.postMessage(answer);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
`;

function startSpeaker(): Speaker {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(SPEAKER, {
    eval: true,
    workerData: { port: port2, signal },
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  return { worker, port: port1, signal };
}

/** Makes a real callout and waits for its end. Throws System.CalloutException where it fails or is not allowed. */
export function calloutFrom(transaction: Transaction, request: CalloutRequest): CalloutAnswer {
  const { org } = transaction;
  if (!org.isAllowedEndpoint(request.endpoint)) {
    throw platformException(
      'System.CalloutException',
      `Unauthorized endpoint, please check Setup->Security->Remote site settings. endpoint = ${request.endpoint}`,
    );
  }
  const stand = org.standIn?.(request);
  if (stand) {
    org.counters.callouts += 1;
    return stand;
  }
  speaker ??= startSpeaker();
  Atomics.store(speaker.signal, 0, 0);
  speaker.port.postMessage(request);
  Atomics.wait(speaker.signal, 0, 0, request.timeout + 5000);
  const received: { message: CalloutAnswer | { failure: string } } | undefined = receiveMessageOnPort(
    speaker.port,
  );
  org.counters.callouts += 1;
  if (!received) throw platformException('System.CalloutException', 'Read timed out');
  const answer = received.message;
  if ('failure' in answer) throw platformException('System.CalloutException', answer.failure);
  return { ...answer, body: Buffer.from(answer.body) };
}

/** Ends the thread, so that a process may exit. */
export async function stopCallouts(): Promise<void> {
  await speaker?.worker.terminate();
  speaker = null;
}
