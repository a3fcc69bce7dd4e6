import { Document, isScalar, visit } from 'yaml';
import { replaceHiddenCharacters } from '@clarity-runtime/core/text';
import { escapeLines } from './escape.ts';

/** Returns the value as YAML 1.2 without a final line break. Hidden characters are escapes in double quotes. */
export function toYaml(value: unknown): string {
  const document = new Document(JSON.parse(JSON.stringify(value ?? null)), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && escapeLines(node.value) !== node.value) {
        node.type = 'QUOTE_DOUBLE';
      }
    },
  });
  const text = document.toString({ lineWidth: 0 }).trimEnd();
  return replaceHiddenCharacters(text, (character) => (/[\n\t]/.test(character) ? character : escapeOf(character)));
}

/** YAML 1.2 §5.7: eight hexadecimal digits. */
const escapeOf = (character: string): string => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
