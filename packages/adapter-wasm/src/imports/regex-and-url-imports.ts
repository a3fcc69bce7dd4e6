import { writeNone, writeSome, writeTextList } from './guest-results.ts';
import { toBool, type ImportGroup } from './host-import.ts';

/** Compiles a pattern. An invalid pattern matches nothing. */
function compile(pattern: string): RegExp | undefined {
  try {
    // eslint-disable-next-line clarity/linear-patterns -- the pattern of a guest runs in its thread, which a deadline ends
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

/** Patterns have JavaScript syntax without flags. A match that does not end is ended with its thread. */
export const TEXT_TOOL_IMPORTS: ImportGroup = {
  regex_match:
    ({ texts }) =>
    (pattern: number, text: number) =>
      toBool(compile(texts.read(pattern))?.test(texts.read(text)) ?? false),
  /** Returns the whole match, then each group. A group that did not match is empty. */
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
  /** Decodes a text. A text with invalid encoding stays unchanged. */
  url_decode:
    ({ texts }) =>
    (text: number) =>
      texts.write(decodeUrl(texts.read(text))),
};
