/** Contrast that text has to have with what is behind it (WCAG 2.1, 1.4.3). */
const ENOUGH = 4.5;
const STEPS = 20;

type Rgb = readonly [number, number, number];

const rgbOf = (hex: string): Rgb => {
  const number = Number.parseInt(hex.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
};
const hexOf = (rgb: Rgb): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** Relative luminance of a colour, 0 to 1. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** How much two colours differ, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(rgbOf(one)), luminance(rgbOf(other))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** A colour that can be read on a ground, as near to a wished one as there is on the way to a far end. */
export function readableColour(wished: string, ground: string, end: '#000000' | '#ffffff'): string {
  const [from, to] = [rgbOf(wished), rgbOf(end)];
  for (let step = 0; step <= STEPS; step += 1) {
    const share = step / STEPS;
    const mixed = hexOf(
      [0, 1, 2].map((at) => (from[at] ?? 0) * (1 - share) + (to[at] ?? 0) * share) as never,
    );
    if (contrast(mixed, ground) >= ENOUGH) return mixed;
  }
  return end;
}

/** Black or white, whichever is read better on a ground. */
export function inkOn(ground: string): string {
  return contrast('#ffffff', ground) >= contrast('#0b1726', ground) ? '#ffffff' : '#0b1726';
}
