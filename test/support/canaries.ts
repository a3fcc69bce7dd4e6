/** Characters that JSON, URLs and base64 encode differently. */
const TAIL = '"\\ +/%&=?';

/** A unique secret, named by the place where a user puts it. */
export const canary = (place: string, tail = TAIL): string => `Canary-${place}-5e1f${tail}${place}`;

/** Returns the encodings of the value: plain, JSON (once and twice), URL, base64. */
export function spellingsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const twice = JSON.stringify(json).slice(1, -1);
  // Preceding bytes shift base64 by up to two characters. The first and last characters depend on the neighbors.
  const encoded = [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    return (['base64', 'base64url'] as const).map((how) => bytes.toString(how).replace(/=+$/, '').slice(4, -2));
  });
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  return [...new Set([value, json, twice, encodeURIComponent(value), form, ...encoded])];
}

/** Returns the names of the canaries that a text contains in any encoding. */
export const canariesIn = (text: string, canaries: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(canaries)
    .filter(([, value]) => spellingsOf(value).some((spelling) => text.includes(spelling)))
    .map(([place]) => place);
