import type {
  InterfaceSnapshot,
  NamedDefinition,
  PromptDefinition,
  ToolDefinition,
} from '../../domain/interfaces/interface-snapshot.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Connection } from '../../ports/index.ts';
import { serviceLimits } from '../support/service-limits.ts';
import { withDeadline } from '../support/async.ts';
import { PAGE_CAPABILITIES, pageFacts, showsPages } from '../../domain/mcp/app-pages.ts';
import { ALL_CLIENT_CAPABILITIES, forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import type { Capabilities } from '../../domain/mcp/mcp.ts';
import { describedTool, MAX_NAMED, EntryConverter, revisionOf } from './interface-reader.ts';
import { gatherList, type ReadLimits } from './list-reader.ts';
import { reasonOf } from '../../domain/errors/clarity-error.ts';
import { pageVariants, withVariants, type PageVariants } from './page-tools.ts';
import type { ObservedConnection } from './service-connection.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** Entries that a service shows only to clients with capabilities such as sampling, or that show app pages. */
interface GatedEntries {
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly PromptDefinition[];
  readonly variants: PageVariants;
}

/** A connection that declares capabilities of a client. */
export interface ClientConnection {
  readonly connection: Connection;
  readonly declared: Capabilities;
}

const NO_VARIANTS: PageVariants = new Map();
const LIMIT_MS = 15_000;
/** Limits of the gated entries of one list: count and bytes. */
const MAX_ENTRIES = 200;
const MAX_LENGTH = 1024 * 1024;

/**
 * Reads the tools and prompts that legacy services show only to clients with sampling, elicitation or roots, or with the extension
 * of app pages (SEP-1865). It uses a short connection that declares all of these and rejects every server request.
 */
export class CapabilityGatedTools {
  readonly #dependencies: SupervisorDependencies;
  #gated: GatedEntries | undefined;

  constructor(dependencies: SupervisorDependencies) {
    this.#dependencies = dependencies;
  }

  /** Deletes the remembered entries, because the program of the service may differ now. */
  forget(): void {
    this.#gated = undefined;
  }

  /** Remembers the gated entries of an interface that the service had in an earlier process. */
  recall({ tools, prompts }: InterfaceSnapshot): void {
    const variants = tools.flatMap(({ name, forPages }) => (forPages === undefined ? [] : [[name, forPages] as const]));
    this.#gated = { tools: tools.filter(isGated), prompts: prompts.filter(isGated), variants: new Map(variants) };
  }

  /**
   * Returns the interface with its gated entries. Never rejects: if they cannot be read, the last known entries are
   * used.
   * A connection of its own is opened only for a service with cheap sessions; `learn` reads the entries of a child process.
   */
  async merge(
    shown: InterfaceSnapshot,
    service: Service | undefined,
    link: ObservedConnection,
  ): Promise<InterfaceSnapshot> {
    const sessions =
      service === undefined
        ? undefined
        : this.#dependencies.connectors.get(service.manifest.spec.origin.type)?.sessions;
    const { connection } = link;
    const hasLists = ['tools', 'prompts'].some((name) => connection?.capabilities[name] !== undefined);
    if (service === undefined || !hasLists || connection?.era !== 'legacy') return shown;
    if (service.manifest.spec.isolation === 'shared') return shown;
    if (sessions !== true && sessions !== 'costly') return shown;
    if (sessions === true) {
      try {
        this.#gated = await this.#read(service, shown, link);
      } catch (error) {
        link.log(`Capability-gated tools were not read: ${reasonOf(error)}`);
      }
    }
    return this.#gated === undefined ? shown : withGated(shown, this.#gated);
  }

  /**
   * Returns the interface with the entries that `connection`, which declares `declared` for a client, shows in addition.
   * Entries of clients with other capabilities stay.
   */
  async learn(
    shown: InterfaceSnapshot,
    service: Service | undefined,
    { connection, declared }: ClientConnection,
  ): Promise<InterfaceSnapshot> {
    const { clock, connectors, maxReplyBytes } = this.#dependencies;
    if (service === undefined || connection.era !== 'legacy') return shown;
    if (connectors.get(service.manifest.spec.origin.type)?.sessions !== 'costly') return shown;
    const late = (): Error => new Error(`no response within ${String(LIMIT_MS)} ms`);
    const limits = {
      ...serviceLimits(connectors, service, { idleMs: 0, totalMs: LIMIT_MS, maxReplyBytes }),
      interfaceLimits: this.#dependencies.interfaceLimits,
    };
    const base = withoutGated(shown);
    const read = await withDeadline({ clock, ms: LIMIT_MS, late }, (signal) =>
      readGated(connection, base, { limits, signal }),
    );
    const known = this.#gated;
    const ask = forwardedCapabilities(declared) !== undefined;
    const pages = showsPages(declared);
    const needsPages = (definition: NamedDefinition): boolean => pages && (!ask || isForPages(definition));
    const added = (list: 'tools' | 'prompts'): readonly NamedDefinition[] => {
      // A known entry keeps its condition, so that clients with other capabilities do not change it in turn.
      const before = new Map(known?.[list].map((entry) => [entry.name, entry.requiresPages === true]));
      const gated = read[list].map((entry) => withCondition(entry, before.get(entry.name) ?? needsPages(entry)));
      return mergeByName(gated, known?.[list] ?? []);
    };
    const variants = pages ? read.variants : (known?.variants ?? NO_VARIANTS);
    this.#gated = { tools: added('tools'), prompts: added('prompts'), variants };
    return withGated(base, this.#gated);
  }

  /** A second connection without the extension of pages is opened only if the first one shows more than the shared one. */
  async #read(service: Service, shown: InterfaceSnapshot, link: ObservedConnection): Promise<GatedEntries> {
    const all = await this.#readAs({ ...ALL_CLIENT_CAPABILITIES, ...PAGE_CAPABILITIES }, service, shown, link);
    if (all.tools.length + all.prompts.length === 0) return all;
    const asked = await this.#readAs(ALL_CLIENT_CAPABILITIES, service, shown, link);
    const sorted = (list: 'tools' | 'prompts'): readonly NamedDefinition[] => {
      const names = new Set(asked[list].map(({ name }) => name));
      return mergeByName(
        all[list].map((entry) => withCondition(entry, !names.has(entry.name))),
        asked[list].map((entry) => withCondition(entry, false)),
      );
    };
    return { tools: sorted('tools'), prompts: sorted('prompts'), variants: all.variants };
  }

  #readAs(
    clientCapabilities: Capabilities,
    service: Service,
    shown: InterfaceSnapshot,
    link: ObservedConnection,
  ): Promise<GatedEntries> {
    const { clock, connectors, maxReplyBytes, refusals } = this.#dependencies;
    const late = (): Error => new Error(`no response within ${String(LIMIT_MS)} ms`);
    return withDeadline({ clock, ms: LIMIT_MS, late }, async (late) => {
      const signal = AbortSignal.any([late, link.ended]);
      const nothing = (): void => undefined;
      const onLimit = refusals === undefined ? nothing : refusals.count.bind(refusals);
      const events = {
        clientCapabilities,
        era: 'legacy',
        onListChanged: nothing,
        onLog: nothing,
        onClose: nothing,
        onLimit,
      } as const;
      const connection = await connectors.get(service.manifest.spec.origin.type)?.connect(service, events, { signal });
      if (connection?.era !== 'legacy') throw new Error('the service has a different era on this connection');
      try {
        const requested = { idleMs: 0, totalMs: LIMIT_MS, maxReplyBytes };
        const limits = {
          ...serviceLimits(connectors, service, requested),
          interfaceLimits: this.#dependencies.interfaceLimits,
        };
        return await readGated(connection, shown, { limits, signal });
      } finally {
        void connection.close('the interface was read').catch(nothing);
      }
    });
  }
}

async function readGated(
  connection: Connection,
  shown: InterfaceSnapshot,
  options: { readonly limits: ReadLimits; readonly signal: AbortSignal },
): Promise<GatedEntries> {
  const list = async (name: 'tools' | 'prompts'): Promise<readonly NamedDefinition[]> => {
    if (connection.capabilities[name] === undefined) return [];
    const { entries } = await gatherList(connection, { method: `${name}/list`, member: name }, options);
    const as = name === 'tools' ? describedTool : (known: NamedDefinition) => known;
    return new EntryConverter(options.limits).named(entries, name, as);
  };
  const [tools, prompts] = [await list('tools'), await list('prompts')];
  return {
    tools: selectGated(shown.tools, tools),
    prompts: selectGated(shown.prompts, prompts),
    variants: pageVariants(shown.tools, tools),
  };
}

/** Returns the interface without the entries that only some clients see. */
function withoutGated(snapshot: InterfaceSnapshot): InterfaceSnapshot {
  const isPlain = (definition: NamedDefinition): boolean => !isGated(definition);
  const tools = snapshot.tools.filter(isPlain).map(({ forPages: _, ...tool }) => tool);
  return { ...snapshot, tools, prompts: snapshot.prompts.filter(isPlain) };
}

function selectGated(shown: readonly NamedDefinition[], read: readonly NamedDefinition[]): readonly NamedDefinition[] {
  const known = new Set(shown.map(({ name }) => name));
  let length = 0;
  return read
    .filter(({ name }) => !known.has(name))
    .slice(0, MAX_ENTRIES)
    .filter(({ raw }) => (length += raw.bytes.length) <= MAX_LENGTH);
}

const isGated = ({ requiresClientCapability, requiresPages }: NamedDefinition): boolean =>
  requiresClientCapability === true || requiresPages === true;

/** Returns an entry that only clients that show app pages see, or only clients that can answer requests. */
const withCondition = (definition: NamedDefinition, needsPages: boolean): NamedDefinition =>
  needsPages ? { ...definition, requiresPages: true } : { ...definition, requiresClientCapability: true };

function isForPages({ raw }: NamedDefinition): boolean {
  const { hasPage, isForModel } = pageFacts(raw.value);
  return hasPage || !isForModel;
}

async function withGated(shown: InterfaceSnapshot, gated: GatedEntries): Promise<InterfaceSnapshot> {
  const tools = withVariants(mergeByName(shown.tools, gated.tools), gated.variants);
  const prompts = mergeByName(shown.prompts, gated.prompts);
  if (tools === shown.tools && prompts === shown.prompts) return shown;
  const lists = [tools, shown.resources, shown.resourceTemplates ?? [], prompts];
  const added = [...tools, ...prompts].filter((definition) => definition.cleaned === true && isGated(definition));
  const cleaned = [...(shown.cleaned ?? []), ...added.map(({ name }) => toPrintableAscii(name))].slice(0, MAX_NAMED);
  return { ...shown, tools, prompts, cleaned, interfaceRevision: await revisionOf(lists, shown.instructions) };
}

/** Adds the gated entries by name; an ungated entry takes precedence. */
function mergeByName<T extends NamedDefinition>(shown: readonly T[], gated: readonly T[]): readonly T[] {
  const known = new Set(shown.map(({ name }) => name));
  const added = gated.filter(({ name }) => !known.has(name));
  return added.length === 0 ? shown : [...shown, ...added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
