import type { Node } from 'jsonc-parser';
import { lineIndent, styleOf, type TextStyle } from './config-text.ts';

const COMMENT = /\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/g;
const COMMENT_OR_COMMA = new RegExp(`${COMMENT.source}|,`, 'g');

/** Returns the properties of an object node. */
export const propertiesOf = (object: Node): readonly Node[] => object.children ?? [];

/** Returns the key of a property node. */
export const keyOf = (property: Node): unknown => property.children?.[0]?.value;

/** Returns the text with a new property at the end of an object. The change is one insertion. */
export function insertProperty(text: string, object: Node, key: string, value: unknown): string {
  const style = styleOf(text);
  const last = propertiesOf(object).at(-1);
  const base = lineIndent(text, object.offset);
  if (last === undefined) {
    const inner = text.slice(object.offset + 1, object.offset + object.length - 1);
    const at = object.offset + 1;
    if (style.isDense) return splice(text, at, at, propertyText(key, value, '', style));
    const property = style.eol + base + style.unit + propertyText(key, value, base + style.unit, style);
    return splice(text, at, at, property + (inner.includes('\n') ? '' : style.eol + base));
  }
  const at = last.offset + last.length;
  const own = ownLine(text, last.offset);
  if (own === undefined) {
    const gap = style.isDense && !/[,:{] /.test(text) ? '' : ' ';
    return splice(text, at, at, `,${gap}${propertyText(key, value, '', { ...style, isDense: true })}`);
  }
  return splice(text, at, at, `,${style.eol}${own}${propertyText(key, value, own, style)}`);
}

/** Returns the text with a value replaced. */
export function replaceValue(text: string, value: Node, next: unknown): string {
  const style = styleOf(text);
  const isDense = style.isDense || ownLine(text, value.parent?.offset ?? 0) === undefined;
  const rendered = valueText(next, lineIndent(text, value.offset), { ...style, isDense });
  return splice(text, value.offset, value.offset + value.length, rendered);
}

/** Returns the text without a property and its comma. Reverts `insertProperty` exactly. */
export function removeProperty(text: string, property: Node): string {
  const object = property.parent;
  if (object === undefined) return text;
  const all = propertiesOf(object);
  const at = all.indexOf(property);
  const end = property.offset + property.length;
  const previous = all[at - 1];
  const from = previous === undefined ? object.offset + 1 : previous.offset + previous.length;
  const cut = (to: number): string => cutProperty(text, { from, start: property.offset, end: to });
  const next = all[at + 1]?.offset ?? object.offset + object.length - 1;
  const commaAfter = commaBetween(text, end, next);
  if (commaAfter !== undefined) return cut(commaAfter + 1);
  if (previous === undefined) {
    const isEmpty = text.slice(from, property.offset).trim() === '' && text.slice(end, next).trim() === '';
    return cut(isEmpty ? next : end);
  }
  const comma = commaBetween(text, from, property.offset);
  return comma === undefined ? cut(end) : splice(cut(end), comma, comma + 1, '');
}

interface Cut {
  /** End of the previous property, or of the opening brace. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** Removes a property and the white space before it, unless the rest of the line would then be part of a comment. */
function cutProperty(text: string, { from, start, end }: Cut): string {
  const gap = text.slice(from, start).trimEnd();
  const [comment = ''] = [...gap.matchAll(COMMENT)].at(-1) ?? [];
  const joins = comment.startsWith('//') && gap.endsWith(comment) && /^[ \t]*\S/.test(text.slice(end));
  return splice(text, joins ? start : from + gap.length, end, '');
}

/** Returns the offset of the comma between two values. There are only white space, comments and at most one comma. */
function commaBetween(text: string, from: number, to: number): number | undefined {
  for (const { 0: token, index } of text.slice(from, to).matchAll(COMMENT_OR_COMMA)) {
    if (token === ',') return from + index;
  }
  return undefined;
}

const propertyText = (key: string, value: unknown, indent: string, style: TextStyle): string =>
  `${JSON.stringify(key)}:${style.isDense ? '' : ' '}${valueText(value, indent, style)}`;

function valueText(value: unknown, indent: string, { eol, unit, isDense }: TextStyle): string {
  if (isDense) return JSON.stringify(value);
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);
}

/** Returns the indentation before an offset; undefined if other text precedes it in its line. */
function ownLine(text: string, offset: number): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return text.slice(0, offset).includes('\n') && before.trim() === '' ? before : undefined;
}

/** Returns the text with the range from `from` to `to` replaced by `put`. */
export const splice = (text: string, from: number, to: number, put: string): string =>
  text.slice(0, from) + put + text.slice(to);
