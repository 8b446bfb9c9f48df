import { say } from '../messages/message.ts';

/** What is wrong, as one sentence: that of the first, and how many there are, where there are several. None is no sentence. */
export function severalFaults(messages: readonly string[]): string {
  const [first = ''] = messages;
  return messages.length > 1 ? say('fits.several', { count: messages.length, reason: first }) : first;
}
