import { Unsupported } from './values/unsupported.ts';

/** What a refusal is about: the feature that is missing, or what is wrong, whatever file it is in. */
export function featureOf(refusal: Error): string {
  if (refusal instanceof Unsupported) return refusal.feature;
  return refusal.message.replace(/^.*?:(?:\d+:\d+)? /, '');
}

/** What of the source is refused when it is reached, by feature with the places, the most frequent first. */
export function refusalReport(refusals: readonly Error[]): string {
  const places = new Map<string, string[]>();
  for (const refusal of refusals) {
    const place = /^.*?:(?:\d+:\d+)?/.exec(refusal.message)?.[0] ?? '';
    places.set(featureOf(refusal), [...(places.get(featureOf(refusal)) ?? []), place]);
  }
  const lines = [...places]
    .sort(([, left], [, right]) => right.length - left.length)
    .map(([feature, at]) => `  ${at.length} × ${feature}   ${at[0] ?? ''}${at.length > 1 ? ' …' : ''}`);
  return `Not supported by the local org; code that reaches it is stopped there:\n${lines.join('\n')}`;
}
