import { canonicalJson, sha256Hex } from '../../domain/json/digest.ts';
import {
  boundDefinition,
  cutText,
  DEFAULT_INTERFACE_LIMITS,
  type InterfaceLimits,
} from '../../domain/interfaces/interface-limits.ts';
import { Slices } from '../support/slices.ts';
import { hasHiddenCharacters, stripHiddenFromJson } from '../../domain/text/hidden-characters.ts';
import { repairDefinition } from '../../domain/interfaces/definition-repair.ts';
import type {
  CacheHint,
  Definition,
  InterfaceFault,
  InterfaceSnapshot,
  ListName,
  NamedDefinition,
} from '../../domain/interfaces/interface-snapshot.ts';
import { membersOf } from '../../domain/json/json-members.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Connection } from '../../ports/index.ts';
import { gatherList, type ReadLimits } from './list-reader.ts';

export type { ReadLimits } from './list-reader.ts';

const LISTS: readonly { readonly name: ListName; readonly capability: string; readonly method: string }[] = [
  { name: 'tools', capability: 'tools', method: 'tools/list' },
  { name: 'resources', capability: 'resources', method: 'resources/list' },
  { name: 'resourceTemplates', capability: 'resources', method: 'resources/templates/list' },
  { name: 'prompts', capability: 'prompts', method: 'prompts/list' },
];

/** Maximum count of entry names with hidden characters in a snapshot. */
export const MAX_NAMED = 20;

/** Maximum count of faults in a snapshot. */
const MAX_FAULTS = 50;

/** Milliseconds for a page of another list than the tools, so that a silent list does not end the start. */
const OTHER_PAGE_MS = 5_000;

/**
 * Reads every list that the capabilities of a connection declare. A list that fails is empty; a definition that clients would
 * refuse is repaired or left out. Both are in `faults`.
 * `interfaceRevision` is a digest of the replies: equal content has an equal revision.
 * @throws ClarityError when the connection or the credential fails.
 */
export async function readInterface(
  connection: Connection,
  at: Date,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  const { interfaceLimits = DEFAULT_INTERFACE_LIMITS } = limits;
  const room = { bytes: interfaceLimits.listBytes };
  const converter = new EntryConverter(limits);
  const hints: Partial<Record<ListName, CacheHint>> = {};
  const entries = new Map<ListName, readonly RawJson[]>();
  const reaches = new Set<string>();
  for (const { name, capability, method } of LISTS) {
    if (connection.capabilities[capability] === undefined) continue;
    const totalMs = name === 'tools' ? limits.totalMs : Math.min(limits.totalMs || OTHER_PAGE_MS, OTHER_PAGE_MS);
    const list = await gatherList(
      connection,
      { method, member: name },
      { limits: { ...limits, totalMs }, signal, room },
    );
    entries.set(name, list.entries);
    for (const id of list.reaches ?? []) reaches.add(id);
    if (list.hint !== undefined) hints[name] = list.hint;
    if (list.problem !== undefined) {
      const outcome = list.hasFailed === true ? 'failed' : 'cut';
      converter.report({ list: name, entry: '', problem: toPrintableAscii(list.problem), outcome });
    }
  }
  const read = (name: ListName): readonly RawJson[] => entries.get(name) ?? [];
  const tools = await converter.named(read('tools'), 'tools', describedTool);
  const prompts = await converter.named(read('prompts'), 'prompts', (prompt) => prompt);
  const resources = await converter.keyed(read('resources'), { list: 'resources', member: 'uri' }, (uri, known) => ({
    uri,
    ...known,
  }));
  const templates = { list: 'resourceTemplates', member: 'uriTemplate' } as const;
  const resourceTemplates = await converter.keyed(read('resourceTemplates'), templates, (uriTemplate, known) => ({
    uriTemplate,
    ...known,
  }));
  const { capabilities, info, instructions: given } = connection;
  const instructions = given === undefined ? undefined : cutText(given, interfaceLimits.instructionsLength);
  if (instructions !== given) limits.onLimit?.('text.cut');
  const faults = converter.faults.slice(0, MAX_FAULTS);
  return {
    interfaceRevision: await revisionOf([tools, resources, resourceTemplates, prompts], instructions),
    introspectedAt: at.toISOString(),
    ...(instructions === undefined ? {} : { instructions }),
    server: { capabilities, ...(info === undefined ? {} : { info }) },
    tools,
    resources,
    resourceTemplates,
    prompts,
    hints,
    cleaned: converter.cleaned.slice(0, MAX_NAMED),
    ...(faults.length === 0 ? {} : { faults }),
    ...(reaches.size === 0 ? {} : { reaches: [...reaches] }),
  };
}

/**
 * Converts entries: keeps the first of each key, strips hidden characters, cuts long texts, and repairs or leaves out what clients
 * refuse. Gives the event loop a turn between entries.
 */
export class EntryConverter {
  readonly cleaned: string[] = [];
  readonly faults: InterfaceFault[] = [];
  readonly #limits: InterfaceLimits;
  readonly #onLimit: ReadLimits['onLimit'];

  constructor({
    interfaceLimits = DEFAULT_INTERFACE_LIMITS,
    onLimit,
  }: Pick<ReadLimits, 'interfaceLimits' | 'onLimit'>) {
    this.#limits = interfaceLimits;
    this.#onLimit = onLimit;
  }

  report(fault: InterfaceFault): void {
    this.faults.push(fault);
  }

  async named<T extends NamedDefinition>(
    entries: readonly RawJson[],
    list: 'tools' | 'prompts',
    as: (known: NamedDefinition) => T,
  ): Promise<readonly T[]> {
    const found = await this.keyed(entries, { list, member: 'name' }, (name, known) => {
      const title = membersOf(known.raw).get('title')?.value;
      return as({ name, ...known, ...(typeof title === 'string' ? { title } : {}) });
    });
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async keyed<T>(
    entries: readonly RawJson[],
    { list, member }: { readonly list: ListName; readonly member: string },
    as: (key: string, known: Definition) => T,
  ): Promise<readonly T[]> {
    const found = new Map<string, T>();
    const slices = new Slices();
    for (const entry of entries) {
      await slices.turn(entry.bytes.length);
      const key = membersOf(entry).get(member)?.value;
      if (typeof key !== 'string' || key === '') {
        this.#omit(list, '', `an entry has no ${member}`);
        continue;
      }
      if (found.has(key)) {
        this.#omit(list, key, `another entry has the same ${member}`);
        continue;
      }
      // A key is forwarded unchanged, because a stripped URI could identify another resource.
      if (member !== 'name' && hasHiddenCharacters(key)) {
        this.cleaned.push(toPrintableAscii(key));
        continue;
      }
      const definition = this.#readable(list, key, this.#stripHidden(entry, key));
      if (definition !== undefined) found.set(key, as(key, definition));
    }
    return [...found.values()];
  }

  #readable(list: ListName, key: string, visible: Definition): Definition | undefined {
    const repaired = repairDefinition(visible.raw, list);
    if ('problem' in repaired) {
      this.#omit(list, key, repaired.problem);
      return undefined;
    }
    const { raw, cut } = boundDefinition(repaired.raw, this.#limits);
    if (cut.length > 0) this.#onLimit?.('text.cut');
    const repairs = [...repaired.repairs, ...cut.map((member) => `${member} was cut`)];
    if (repairs.length === 0) return visible;
    const problem = toPrintableAscii(repairs.join('; '));
    this.report({ list, entry: toPrintableAscii(key), problem, outcome: 'repaired' });
    return { ...visible, raw };
  }

  #omit(list: ListName, key: string, problem: string): void {
    this.report({ list, entry: toPrintableAscii(key), problem: toPrintableAscii(problem), outcome: 'omitted' });
  }

  #stripHidden(entry: RawJson, key: string): Definition {
    const { text } = entry;
    const visible = stripHiddenFromJson(text);
    if (visible === text) return { raw: entry };
    this.cleaned.push(toPrintableAscii(key));
    return { raw: RawJson.fromText(visible), cleaned: true };
  }
}

/** Adds the description to a tool, if it is a string. */
export function describedTool(known: NamedDefinition) {
  const description = membersOf(known.raw).get('description')?.value;
  return typeof description === 'string' ? { ...known, description } : known;
}

/** Returns a digest of the lists and the instructions. Gives the event loop a turn between definitions. */
export async function revisionOf(lists: readonly (readonly Definition[])[], instructions = ''): Promise<string> {
  const slices = new Slices();
  const texts: string[][] = [];
  for (const list of lists) {
    const text: string[] = [];
    for (const definition of list) {
      await slices.turn(definition.raw.bytes.length);
      text.push(canonicalDefinition(definition));
    }
    texts.push(text);
  }
  return digestOf(texts, instructions);
}

// Hash `cleaned` too: removed hidden characters are a change of the interface.
const canonicalDefinition = ({ raw, cleaned, forPages }: Definition): string => {
  const plain = cleaned === true ? { cleaned: raw.value } : raw.value;
  return canonicalJson(forPages === undefined ? plain : { plain, forPages: forPages.value });
};

/** Equals the content digest of `[instructions, tools, ...others]`, without empty parts. */
function digestOf(texts: readonly (readonly string[])[], instructions: string): string {
  const [tools = '[]', ...others] = texts.map((list) => `[${list.join(',')}]`);
  const listed = others.every((list) => list === '[]') ? tools : `[${[tools, ...others].join(',')}]`;
  const content = instructions === '' ? listed : `[${[JSON.stringify(instructions), tools, ...others].join(',')}]`;
  return `iface_${sha256Hex(content).slice(0, 12)}`;
}

/** Returns the interface with the last known entries of each list that failed. */
export function withKnownLists(read: InterfaceSnapshot, known: InterfaceSnapshot | undefined): InterfaceSnapshot {
  const failed = (read.faults ?? []).filter(({ outcome }) => outcome === 'failed').map(({ list }) => list);
  if (failed.length === 0 || known === undefined) return read;
  const kept = { ...read, ...Object.fromEntries(failed.map((list) => [list, known[list] ?? []])) };
  const lists = [kept.tools, kept.resources, kept.resourceTemplates ?? [], kept.prompts];
  const texts = lists.map((list: readonly Definition[]) => list.map(canonicalDefinition));
  return { ...kept, interfaceRevision: digestOf(texts, kept.instructions ?? '') };
}
