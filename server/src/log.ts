import { pino, stdSerializers, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { sqlState } from './database/sql-state.ts';

/** What PostgreSQL says of an error beside its message that names things and holds no values. */
const KEPT = ['code', 'severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine'] as const;
/** SQLSTATE of errors of a value, and of rows that break a rule: their messages quote what was sent. */
const OF_VALUES = /^2[23]/;

/** A log in JSON lines. Errors of the database are written without what they quote of rows and bodies. */
export function createLog(options: LoggerOptions, destination?: DestinationStream): Logger {
  const settings = { ...options, serializers: { ...options.serializers, err: loggedError } };
  return destination ? pino(settings, destination) : pino(settings);
}

/** An error as the log has it. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const written = stdSerializers.err(error);
  if (!('severity' in error) || !('routine' in error)) return written;
  const kept = Object.fromEntries(
    KEPT.flatMap((name) => (name in error ? [[name, Reflect.get(error, name)]] : [])),
  );
  const { type, message, stack } = written;
  const hidden = OF_VALUES.test(sqlState(error) ?? '');
  return {
    type,
    message: hidden ? `PostgreSQL refused a value (${sqlState(error) ?? ''})` : message,
    stack: hidden ? framesOf(stack) : stack,
    ...kept,
  };
}

/** A stack begins with the message. */
function framesOf(stack: string): string {
  return stack.slice(Math.max(0, stack.indexOf('\n    at '))).trimStart();
}
