import { contentDigest } from '../../domain/json/digest.ts';
import { hasHiddenCharacters, stripHiddenFromJson } from '../../domain/text/hidden-characters.ts';
import type {
  Definition,
  InterfaceSnapshot,
  ListName,
  NamedDefinition,
} from '../../domain/interfaces/interface-snapshot.ts';
import { membersOf } from '../../domain/json/json-members.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Connection } from '../../ports/index.ts';
import { gatherList, type GatheredList, type ReadLimits } from './list-reader.ts';

export type { ReadLimits } from './list-reader.ts';

const LISTS: readonly { readonly name: ListName; readonly capability: string; readonly method: string }[] = [
  { name: 'tools', capability: 'tools', method: 'tools/list' },
  { name: 'resources', capability: 'resources', method: 'resources/list' },
  { name: 'resourceTemplates', capability: 'resources', method: 'resources/templates/list' },
  { name: 'prompts', capability: 'prompts', method: 'prompts/list' },
];

/** Maximum count of entry names with hidden characters in a snapshot. */
export const MAX_NAMED = 20;

/**
 * Reads every list that the capabilities of a connection declare.
 * `interfaceRevision` is a digest of the replies: equal content has an equal revision.
 * @throws ClarityError SERVICE_START_FAILED when a list request fails.
 */
export async function readInterface(
  connection: Connection,
  at: Date,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  const gathered = new Map<ListName, GatheredList>();
  for (const { name, capability, method } of LISTS) {
    if (connection.capabilities[capability] === undefined) continue;
    gathered.set(name, await gatherList(connection, { method, member: name }, { limits, signal }));
  }
  const converter = new EntryConverter();
  const entries = (name: ListName): readonly RawJson[] => gathered.get(name)?.entries ?? [];
  const tools = converter.named(entries('tools'), describedTool);
  const prompts = converter.named(entries('prompts'), (prompt) => prompt);
  const resources = converter.keyed(entries('resources'), 'uri', (uri, raw, entry) => ({
    uri,
    raw,
    ...markOf(raw, entry),
  }));
  const resourceTemplates = converter.keyed(entries('resourceTemplates'), 'uriTemplate', (uriTemplate, raw, entry) => ({
    uriTemplate,
    raw,
    ...markOf(raw, entry),
  }));
  const { instructions } = connection;
  const hints = Object.fromEntries(
    [...gathered].flatMap(([name, { hint }]) => (hint === undefined ? [] : [[name, hint]])),
  );
  return {
    interfaceRevision: revisionOf([tools, resources, resourceTemplates, prompts], instructions),
    introspectedAt: at.toISOString(),
    ...(instructions === undefined ? {} : { instructions }),
    tools,
    resources,
    resourceTemplates,
    prompts,
    hints,
    cleaned: converter.cleaned.slice(0, MAX_NAMED),
  };
}

/** Converts entries: skips those without a key, keeps the first of each key and strips hidden characters. */
export class EntryConverter {
  readonly cleaned: string[] = [];

  named<T extends NamedDefinition>(entries: readonly RawJson[], as: (known: NamedDefinition) => T): readonly T[] {
    const found = this.keyed(entries, 'name', (name, raw, entry) => {
      const title = membersOf(raw).get('title')?.value;
      return as({ name, raw, ...markOf(raw, entry), ...(typeof title === 'string' ? { title } : {}) });
    });
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  keyed<T>(
    entries: readonly RawJson[],
    member: string,
    as: (key: string, raw: RawJson, entry: RawJson) => T,
  ): readonly T[] {
    const found = new Map<string, T>();
    for (const entry of entries) {
      const key = membersOf(entry).get(member)?.value;
      if (typeof key !== 'string' || key === '' || found.has(key)) continue;
      // A key is forwarded unchanged, because a stripped URI could identify another resource.
      if (member !== 'name' && hasHiddenCharacters(key)) this.cleaned.push(toPrintableAscii(key));
      else found.set(key, as(key, this.#stripHidden(entry, key), entry));
    }
    return [...found.values()];
  }

  #stripHidden(entry: RawJson, key: string): RawJson {
    const { text } = entry;
    const visible = stripHiddenFromJson(text);
    if (visible === text) return entry;
    this.cleaned.push(toPrintableAscii(key));
    return RawJson.fromText(visible);
  }
}

const markOf = (raw: RawJson, entry: RawJson): { readonly cleaned?: true } => (raw === entry ? {} : { cleaned: true });

/** Adds the description to a tool, if it is a string. */
export function describedTool(known: NamedDefinition) {
  const description = membersOf(known.raw).get('description')?.value;
  return typeof description === 'string' ? { ...known, description } : known;
}

/** Returns a digest of the lists and the instructions. */
export function revisionOf(lists: readonly (readonly Definition[])[], instructions = ''): string {
  const [tools, ...others] = lists.map((list) =>
    // Hash `cleaned` too: removed hidden characters are a change of the interface.
    list.map(({ raw, cleaned }) => (cleaned === true ? { cleaned: raw.value } : raw.value)),
  );
  const listed = others.every((list) => list.length === 0) ? tools : [tools, ...others];
  const content = instructions === '' ? listed : [instructions, tools, ...others];
  return `iface_${contentDigest(content).slice(0, 12)}`;
}
