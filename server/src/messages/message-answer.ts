import { z } from 'zod';
import { messageOf, type Message } from './message.ts';

/** How an answer describes the sentence that stands beside it in English. */
export const sentenceAnswer = z
  .object({
    code: z.string().meta({ description: 'Stable: which sentence of the server it is' }),
    parameters: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What is filled in, by name: a text, or such a sentence itself' }),
  })
  .nullable()
  .meta({
    description:
      'What the message beside it says, for whoever says it in another language; null where it is in the words of an org or a person',
  });

/** Sentences beside each other, each with what says it in other languages. */
export const sentencesAnswer = z.array(z.object({ message: z.string(), sentence: sentenceAnswer }));

/** A message, with what says it in other languages. */
export function worded<Text extends string | null>(
  message: Text,
): { readonly message: Text; readonly sentence: Message | null } {
  return { message, sentence: message === null ? null : messageOf(message) };
}
