import type { NamedDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';

/** Key in `_meta` of a listed definition whose name had to be altered. */
const ORIGINAL_NAME = 'clarity/originalName';

/** How a definition is listed. */
export interface Shown {
  readonly name: string;
  /** What it is called apart from all others. */
  readonly own: string;
  /** What it would be called if every client took every name. */
  readonly plainName: string;
  /** Instead of its own. */
  readonly description?: string;
}

/**
 * The JSON text of a definition under another name or with another description; all else stays as it was written. Where the
 * name is not the plain one, title and `_meta` still have the original.
 */
export function shownDefinition(definition: NamedDefinition, { name, own, plainName, description }: Shown): string {
  if (definition.name === name && description === undefined) return definition.raw.text;
  const members = new Map(membersOf(definition.raw)).set('name', RawJson.of(name));
  if (description !== undefined) members.set('description', RawJson.of(description));
  if (name !== plainName) {
    if (definition.title === undefined) members.set('title', RawJson.of(own));
    const given = members.get('_meta');
    const meta = given === undefined ? new Map<string, RawJson>() : new Map(membersOf(given));
    members.set('_meta', objectOf(meta.set(ORIGINAL_NAME, RawJson.of(plainName))));
  }
  return objectOf(members).text;
}
