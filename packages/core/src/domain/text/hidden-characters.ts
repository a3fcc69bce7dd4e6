/** A sequence by which a terminal is told what to do. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const ESCAPE_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]?|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])?/g;

/**
 * Characters that people do not see and models obey: controls besides tab and line ends, what reorders, joins or fills without
 * a width, and tags.
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Between two pictures or two letters a joiner has a meaning of its own. */
const JOINER =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{L}\p{M}])[\u200c\u200d](?=[\p{Extended_Pictographic}\p{L}])/gu;
const KEPT = '\ue000';

const STRING = /"(?:[^"\\]|\\.)*"/gs;

/** Text as a person would see it. */
export function visibleText(text: string): string {
  if (text.search(HIDDEN) < 0) return text;
  const joiners: string[] = [];
  const held = text.replaceAll(KEPT, '').replace(JOINER, (joiner) => {
    joiners.push(joiner);
    return KEPT;
  });
  return held
    .replace(ESCAPE_SEQUENCE, '')
    .replace(HIDDEN, '')
    .replaceAll(KEPT, () => joiners.shift() ?? '');
}

/** The same for every string of a JSON text, names of members as well; numbers keep their digits. */
export function visibleJson(text: string): string {
  if (text.search(HIDDEN) < 0 && !text.includes('\\u')) return text;
  return text.replace(STRING, (written) => {
    const said = JSON.parse(written) as string;
    const seen = visibleText(said);
    return seen === said ? written : JSON.stringify(seen);
  });
}

/**
 * Characters that a reader does not see: zero width, direction, fillers, tags, variation selectors beyond emoji, controls.
 * The joiner of emoji and of scripts that need it is kept where it stands between letters or pictures.
 */
export const HIDDEN_WITH_SEQUENCES =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]|\u001b\[[0-9;]*[A-Za-z]|(?<![\p{L}\p{M}\p{Extended_Pictographic}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{Extended_Pictographic}])/gu;

/** ANSI sequences go as a whole, so that their letters do not stay behind. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
export const SEQUENCE = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(\u0007|\u001b\\)?/g;

export const withoutHidden = (text: string): string => text.replace(SEQUENCE, '').replace(HIDDEN_WITH_SEQUENCES, '');

export const hasHidden = (text: string): boolean => withoutHidden(text) !== text;
