import { stripHiddenCharacters } from '../../domain/text/hidden-characters.ts';
import { cutText } from '../../domain/interfaces/interface-limits.ts';
import type { Service } from '../../domain/services/service.ts';

/** A service and the text that tells models how to use it. */
export interface ServiceInstructions {
  readonly service: Pick<Service, 'namespace'>;
  readonly text: string;
}

/** Clients such as Codex read only this many characters. */
const HEAD_LENGTH = 512;
const MAX_SECTION_LENGTH = 1_000;
/** Maximum count of bytes in UTF-8 of the whole text. */
const MAX_BYTES = 8 * 1024;
const MIN_LINE_LENGTH = 12;

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

/** Returns the instructions that clients see: visible characters only, as `spec.surface.instructions` of the manifest says. */
export function shownInstructions(
  { manifest }: Pick<Service, 'manifest'>,
  given: string | undefined,
  maxLength: number,
): string | undefined {
  const setting = manifest.spec.surface?.instructions ?? 'pass';
  if (setting === 'off') return undefined;
  const text = setting === 'pass' ? given : setting;
  return text === undefined || text === '' ? undefined : cutText(text, maxLength);
}

/**
 * Composes the instructions of the shared endpoint from those of its services, in their order.
 * The first 512 characters have a line per service; sections of at most 1,000 characters follow, 8 KiB in all.
 */
export function composedInstructions(intro: string, all: readonly ServiceInstructions[]): string {
  const entries = all
    .map(({ service, text }) => ({ name: service.namespace, text: visibleText(text) }))
    .filter(({ text }) => text !== '');
  if (entries.length === 0) return intro;
  const head = headOf(entries);
  let left = MAX_BYTES - bytesOf(head) - bytesOf(intro) - 2;
  const sections: string[] = [];
  for (const { name, text } of entries) {
    const section = cut(`\n\n## ${name}\n  ${text.replaceAll('\n', '\n  ')}`, MAX_SECTION_LENGTH);
    left -= bytesOf(section);
    if (left < 0) break;
    sections.push(section);
  }
  return `${head}\n\n${intro}${sections.join('')}`;
}

/** Returns one line per service. All names fit if each has at least 12 characters of room; the others are counted. */
function headOf(entries: readonly { readonly name: string; readonly text: string }[]): string {
  const room = Math.max(MIN_LINE_LENGTH, Math.floor(HEAD_LENGTH / entries.length) - 1);
  const lines: string[] = [];
  let length = 0;
  for (const { name, text } of entries) {
    const line = cut(`${name}: ${firstSentence(text)}`, Math.max(room, name.length));
    if (length + line.length > HEAD_LENGTH) break;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join('\n');
}

/** Returns the visible characters with line feeds only. Sections indent every line, so that a text has no headings. */
const visibleText = (text: string): string =>
  stripHiddenCharacters(
    text.slice(0, 2 * MAX_SECTION_LENGTH).replace(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, '\n'),
  ).trim();

/** Cuts before a surrogate pair, not inside of it. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  const end = line.search(/[.!?](?: |$)/);
  return end < 0 ? line : line.slice(0, end + 1);
}
