/** Letters that JSON, URLs and base64 each spell in another way. */
const TAIL = '"\\ +/%&=?';

/** A secret that nobody else has, by the place where a user puts it. */
export const canary = (place: string, tail = TAIL): string => `Canary-${place}-5e1f${tail}${place}`;

/** The value as it would stand in a text that holds it: as it is, in JSON (once and twice), in a URL, in base64. */
export function spellingsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const twice = JSON.stringify(json).slice(1, -1);
  // What stands before it in the encoded bytes moves it by up to two; the marginal letters belong to the neighbours too.
  const encoded = [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    return (['base64', 'base64url'] as const).map((how) => bytes.toString(how).replace(/=+$/, '').slice(4, -2));
  });
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  return [...new Set([value, json, twice, encodeURIComponent(value), form, ...encoded])];
}

/** Names of the canaries that a text holds in any spelling. */
export const canariesIn = (text: string, canaries: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(canaries)
    .filter(([, value]) => spellingsOf(value).some((spelling) => text.includes(spelling)))
    .map(([place]) => place);
