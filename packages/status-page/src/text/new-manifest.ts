/** The input of the forms of the page. */
export type ManifestRequest =
  | { readonly kind: 'remote'; readonly name: string; readonly endpoint: string; readonly authRef: string }
  | { readonly kind: 'process'; readonly name: string; readonly words: readonly string[]; readonly cwd: string };

/** Returns the manifest of a new service. The daemon validates it. */
export function toManifest(request: ManifestRequest): object {
  const origin =
    request.kind === 'remote'
      ? {
          type: 'remote_mcp',
          endpoint: request.endpoint,
          ...(request.authRef === '' ? {} : { authRef: request.authRef }),
        }
      : {
          type: 'local_process',
          command: request.words[0] ?? '',
          args: request.words.slice(1),
          ...(request.cwd === '' ? {} : { cwd: request.cwd }),
        };
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: {
      sourceFile: request.kind === 'remote' ? request.endpoint : (request.words[0] ?? ''),
      module: request.name,
    },
    spec: { origin, enabled: true, autostart: true },
  };
}

/** Splits a command into words by the quotes of a POSIX shell, or returns undefined if a quote is not closed. */
export function splitCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === quote) quote = '';
    else if (quote === '' && (character === "'" || character === '"')) {
      quote = character;
      word ??= '';
    } else if (character === '\\' && quote !== "'") {
      index += 1;
      const escaped = text[index];
      if (escaped === undefined) return undefined;
      word = `${word ?? ''}${quote === '"' && !'"\\$`'.includes(escaped) ? '\\' : ''}${escaped}`;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}
