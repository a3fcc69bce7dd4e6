import { membersOf, objectOf } from '../json/json-members.ts';
import { RawJson } from '../json/raw-json.ts';

/** Limits of what services list, so that a model can read it. Lengths count UTF-16 units. */
export interface InterfaceLimits {
  /** Maximum length of a description. */
  readonly descriptionLength: number;
  /** Maximum length of a title. */
  readonly titleLength: number;
  /** Maximum length of the instructions of a service. */
  readonly instructionsLength: number;
  /** Maximum bytes of all lists of a service. */
  readonly listBytes: number;
  /** Maximum length of one page of a list for clients, unless a single entry is longer. */
  readonly pageLength: number;
}

export const DEFAULT_INTERFACE_LIMITS: InterfaceLimits = {
  descriptionLength: 16 * 1024,
  titleLength: 256,
  instructionsLength: 16 * 1024,
  listBytes: 1024 * 1024,
  pageLength: 256 * 1024,
};

/** Returns the text, or its head with a note about the cut. The result has at most `maxLength` units, and no half of a pair. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const note = ` … [cut, ${String(text.length)} characters]`.slice(0, maxLength);
  return `${text.slice(0, maxLength - note.length).replace(/[\ud800-\udbff]$/, '')}${note}`;
}

/** A definition within the limits, and the members that were cut. */
export interface BoundedDefinition {
  readonly raw: RawJson;
  readonly cut: readonly string[];
}

/** Cuts the description and the titles of a definition. The bytes of all other members are unchanged. */
export function boundDefinition(raw: RawJson, limits: InterfaceLimits): BoundedDefinition {
  // A byte is at least one third of a UTF-16 unit, so a shorter definition has no longer text.
  if (raw.bytes.length <= Math.min(limits.titleLength, limits.descriptionLength)) return { raw, cut: [] };
  const all = new Map(membersOf(raw));
  const cut = cutMembers(all, { description: limits.descriptionLength, title: limits.titleLength });
  const annotations = all.get('annotations');
  if (annotations !== undefined && annotations.bytes.length > limits.titleLength) {
    const inner = new Map(membersOf(annotations));
    if (cutMembers(inner, { title: limits.titleLength }).length > 0) {
      all.set('annotations', objectOf(inner));
      cut.push('annotations.title');
    }
  }
  return cut.length === 0 ? { raw, cut } : { raw: objectOf(all), cut };
}

function cutMembers(all: Map<string, RawJson>, lengths: Readonly<Record<string, number>>): string[] {
  const cut: string[] = [];
  for (const [name, maxLength] of Object.entries(lengths)) {
    const member = all.get(name);
    if (member === undefined || member.bytes.length <= maxLength) continue;
    const text = member.value;
    if (typeof text !== 'string' || text.length <= maxLength) continue;
    all.set(name, RawJson.of(cutText(text, maxLength)));
    cut.push(name);
  }
  return cut;
}
