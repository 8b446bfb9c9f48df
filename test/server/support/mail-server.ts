import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly to: readonly string[];
  /** Headers and text as they came, quoted-printable undone. */
  readonly text: string;
}

export interface MailServer {
  readonly url: string;
  readonly mails: Mail[];
  /** Answers that recipients are refused with; a code of SMTP by address. */
  readonly refusals: Map<string, number>;
  stop(): Promise<void>;
}

/** A mail server that keeps what it takes. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const refusals = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const code = refusals.get(address);
      done(code === undefined ? null : Object.assign(new Error('refused'), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.once('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: decoded(Buffer.concat(parts).toString('latin1')),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refusals,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** What people read of a mail of one part. */
export function decoded(raw: string): string {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(head)?.[1];
  const text = body.join('\n\n').replaceAll('\r\n', '\n');
  if (encoding === 'base64') return `${words(head)}\n\n${Buffer.from(text, 'base64').toString('utf8')}`;
  return `${words(head)}\n\n${encoding === 'quoted-printable' ? unquoted(text.replace(/=\n/g, '')) : text}`;
}

/** Encoded words of headers (RFC 2047). */
function words(head: string): string {
  return head
    .replace(/\r\n[ \t]/g, ' ')
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?(q|b)\?([^?]*)\?=/gi, (_all, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : unquoted(text.replaceAll('_', ' ')),
    );
}

function unquoted(text: string): string {
  const bytes = text.replace(/=([\dA-F]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
