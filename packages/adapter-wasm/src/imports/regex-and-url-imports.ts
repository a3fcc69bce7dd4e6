import { writeNone, writeSome, writeTextList } from './guest-results.ts';
import { toBool, type ImportGroup } from './host-import.ts';

/** A pattern that is none matches nothing. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Patterns are JavaScript's, without flags; one that never ends is ended with its thread. */
export const TEXT_TOOL_IMPORTS: ImportGroup = {
  regex_match:
    ({ texts }) =>
    (pattern: number, text: number) =>
      toBool(compile(texts.read(pattern))?.test(texts.read(text)) ?? false),
  /** The whole match, then each group; a group that took no part is empty. */
  regex_captures: (host) => (pattern: number, text: number) => {
    const match = compile(host.texts.read(pattern))?.exec(host.texts.read(text)) ?? null;
    if (match === null) return writeNone(host);
    return writeSome(
      host,
      writeTextList(
        host,
        Array.from(match as (string | undefined)[], (part) => part ?? ''),
      ),
    );
  },
  url_encode:
    ({ texts }) =>
    (text: number) =>
      texts.write(encodeURIComponent(texts.read(text))),
  /** A text that is not encoded well stays as it is. */
  url_decode:
    ({ texts }) =>
    (text: number) =>
      texts.write(decodeUrl(texts.read(text))),
};
