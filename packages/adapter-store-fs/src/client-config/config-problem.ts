/** Why the text of a configuration is not edited. Nothing of the text stands in it, because it may hold secrets. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

/** `offset` counts from the start of the text. */
export function problemAt(message: string, text: string, offset: number): ConfigProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new ConfigProblem(`line ${String(line)}, column ${String(column)}: ${message}`);
}
