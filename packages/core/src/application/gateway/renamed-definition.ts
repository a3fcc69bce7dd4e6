import type { NamedDefinition } from '../../domain/interface-snapshot.ts';
import { membersOf, objectOf } from '../../domain/json-spans.ts';
import { RawJson } from '../../domain/raw-json.ts';

/** Key in `_meta` of a listed definition whose name had to be altered. */
const ORIGINAL_NAME = 'clarity/originalName';

/**
 * The JSON text of a definition under another name; all else stays as it was written. Where the name is not the plain one,
 * title and `_meta` still have the original.
 */
export function renamedDefinition(definition: NamedDefinition, name: string, plainName: string): string {
  if (definition.name === name) return definition.raw.text;
  const members = new Map(membersOf(definition.raw)).set('name', RawJson.of(name));
  if (name !== plainName) {
    if (definition.title === undefined) members.set('title', RawJson.of(definition.name));
    const given = members.get('_meta');
    const meta = given === undefined ? new Map<string, RawJson>() : new Map(membersOf(given));
    members.set('_meta', objectOf(meta.set(ORIGINAL_NAME, RawJson.of(plainName))));
  }
  return objectOf(members).text;
}
