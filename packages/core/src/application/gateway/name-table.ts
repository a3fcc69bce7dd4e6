import type { InterfaceSnapshot, NamedDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { isPageUri, isReservedUri, toServiceTemplate, toServiceUri } from '../../domain/mcp/service-uri.ts';
import {
  bySpecificity,
  expandedParts,
  literalsOf,
  matchesTemplate,
  namesPlace,
  namesScheme,
} from '../../domain/mcp/uri-template.ts';
import { isRuntimeName, NAME_SEPARATOR, promptPrefix, toolPrefix } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import { exposedToolName, repairsDefinitions, toolSurface } from '../../domain/services/tool-names.ts';
import { NameClaims, type Claimant, type NameClaim, type NameKind, type NameWish } from './name-claims.ts';

/** Rules of exposed names; `maxLength` is in characters. */
export interface ToolNaming {
  readonly maxLength: number;
  /** `always` prefixes every name with the namespace, `collision` only names that an earlier service has. */
  readonly prefix: 'always' | 'collision';
}

/** A service whose names are claimed. */
export interface NamedService {
  readonly service: Service;
  /** The last known interface; absent before the first one. */
  readonly snapshot: InterfaceSnapshot | undefined;
  /** A part of the runtime. */
  readonly isBuiltIn: boolean;
  /** An earlier process registered the service. */
  readonly isLoaded: boolean;
}

/** Entries that do not have their plain name, by kind, because another service had it first. */
export interface NameCollision {
  readonly kind: NameKind;
  readonly claim: NameClaim;
}

const KINDS: readonly NameKind[] = ['tools', 'prompts', 'resourceTemplates', 'resources'];
/** Names that every client accepts. */
const PORTABLE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** A template of another service. */
interface Cover {
  readonly serviceId: string;
  readonly literals: readonly string[];
  readonly isPlace: boolean;
}

interface Followed {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot | undefined;
}

/**
 * The names of the shared endpoint and their owners, for every kind of name.
 * The first service that lists a name owns it while it lists it. The order of names and of requests decides nothing.
 */
export class NameTable {
  readonly naming: ToolNaming;
  readonly #claims: Readonly<Record<NameKind, NameClaims>> = {
    tools: new NameClaims(),
    prompts: new NameClaims(),
    resources: new NameClaims(),
    resourceTemplates: new NameClaims(),
  };
  readonly #followed = new Map<string, Followed>();

  constructor(naming: ToolNaming) {
    this.naming = naming;
  }

  /** Returns the claim of an exposed name. */
  owner(kind: NameKind, name: string): NameClaim | undefined {
    return this.#claims[kind].owner(name);
  }

  /** Returns the exposed name of an entry of a service. */
  nameOf(kind: NameKind, serviceId: string, own: string): string | undefined {
    return this.#claims[kind].of(serviceId).get(own)?.name;
  }

  /** Returns the claims of a service by own name. */
  of(kind: NameKind, serviceId: string): ReadonlyMap<string, NameClaim> {
    return this.#claims[kind].of(serviceId);
  }

  /** Returns the templates of which a URI of this endpoint may be an expansion, the longest literal text first. */
  templatesFor(uri: string): readonly NameClaim[] {
    return [...this.#claims.resourceTemplates.all()]
      .filter(({ name }) => namesScheme(name) && matchesTemplate(name, uri))
      .sort((a, b) => bySpecificity(a.name, b.name));
  }

  /** Claims the names of the current interface. Returns new collisions. Does nothing if the interface is the same. */
  follow({ service, snapshot, isBuiltIn, isLoaded }: NamedService): readonly NameCollision[] {
    const { serviceId } = service;
    const before = this.#followed.get(serviceId);
    if (before !== undefined && before.service === service && before.snapshot === snapshot) return [];
    this.#followed.set(serviceId, { service, snapshot });
    if (snapshot === undefined) return [];
    const isFirst = isLoaded && before?.snapshot === undefined;
    const covers = this.#coversFor(serviceId);
    return KINDS.flatMap((kind) => {
      const claimant: Claimant = {
        serviceId,
        yielded: yieldedNames(service, kind),
        precedes: (owner) => isFirst && this.#isEarlier(service, owner),
        coveredBy: (plain) =>
          kind === 'tools' || kind === 'prompts'
            ? this.#prefixOwner(serviceId, plain)
            : covers.find((cover) => isCovered(kind, plain, cover))?.serviceId,
      };
      const claims = this.#claims[kind].claim(claimant, this.#wishes(kind, service, snapshot, isBuiltIn));
      return claims.map((claim) => ({ kind, claim }));
    });
  }

  /**
   * Releases the names of a removed service. Entries of other services get their plain names, unless another record of
   * the same program replaces the removed one. Returns the services whose names changed.
   */
  remove(serviceId: string): ReadonlySet<string> {
    const ordinal = this.#followed.get(serviceId)?.service.ordinal;
    this.#followed.delete(serviceId);
    const isReplaced = [...this.#followed.values()].some(
      ({ service }) => ordinal !== undefined && service.ordinal === ordinal,
    );
    const changed = new Set<string>();
    for (const kind of KINDS) {
      const waiting = this.#claims[kind].remove(serviceId);
      if (isReplaced) continue;
      for (const claim of waiting.toSorted((a, b) => this.#order(a.serviceId, b.serviceId))) {
        this.#claims[kind].restore(claim);
        changed.add(claim.serviceId);
      }
    }
    return changed;
  }

  /** Returns the names of a service that another service has, in the form of `ServiceRecord.yields`. */
  yields(serviceId: string): readonly string[] {
    return KINDS.flatMap((kind) =>
      [...this.of(kind, serviceId).values()]
        .filter(({ yieldedTo }) => yieldedTo !== undefined)
        .map(({ wish }) => `${kind} ${wish.own}`),
    );
  }

  #wishes(kind: NameKind, service: Service, snapshot: InterfaceSnapshot, isBuiltIn: boolean): readonly NameWish[] {
    const { namespace } = service;
    switch (kind) {
      case 'tools':
        return namedFirst(service, snapshot.tools).map(({ name }) =>
          this.#nameWish(name, toolSurface(service.manifest, name).name ?? name, {
            service,
            prefix: isBuiltIn ? namespace : toolPrefix(service),
          }),
        );
      case 'prompts':
        return snapshot.prompts.map(({ name }) =>
          this.#nameWish(name, name, { service, prefix: promptPrefix(service) }),
        );
      case 'resources':
        return snapshot.resources.map(({ uri }) => {
          const isOwn = isPageUri(uri) || isReservedUri(uri);
          return { own: uri, plain: isOwn ? undefined : uri, others: [toServiceUri({ namespace, uri })] };
        });
      case 'resourceTemplates':
        return (snapshot.resourceTemplates ?? []).map(({ uriTemplate: own }) => {
          const isOwn = isPageUri(own) || isReservedUri(own) || !namesScheme(own);
          return { own, plain: isOwn ? undefined : own, others: [toServiceTemplate(namespace, own)] };
        });
    }
  }

  #nameWish(
    own: string,
    shown: string,
    { service, prefix }: { readonly service: Service; readonly prefix: string },
  ): NameWish {
    const { maxLength } = this.naming;
    const startsWell = (name: string): boolean => !repairsDefinitions(service.manifest) || /^[A-Za-z_]/.test(name);
    const isPortable = PORTABLE_NAME.test(shown) && startsWell(shown);
    const isPlain = this.naming.prefix === 'collision' && isPortable && !isRuntimeName(shown);
    const start = startsWell(prefix) ? prefix : `_${prefix}`;
    const others = [start, `${start}.${service.serviceId}`].map((before) => exposedToolName(before, shown, maxLength));
    return { own, plain: isPlain ? shown : undefined, others };
  }

  /** Returns the other service whose prefix the plain name has. */
  #prefixOwner(serviceId: string, plain: string): string | undefined {
    const at = plain.indexOf(NAME_SEPARATOR);
    if (at < 0) return undefined;
    const prefix = plain.slice(0, at);
    for (const { service } of this.#followed.values())
      if (service.serviceId !== serviceId && toolPrefix(service) === prefix) return service.serviceId;
    return undefined;
  }

  /** Returns the templates of the other services. */
  #coversFor(serviceId: string): readonly Cover[] {
    return [...this.#claims.resourceTemplates.all()]
      .filter((claim) => claim.serviceId !== serviceId)
      .map((claim) => {
        const literals = literalsOf(claim.name);
        return { serviceId: claim.serviceId, literals, isPlace: namesPlace(claim.name) };
      });
  }

  #isEarlier(service: Service, owner: string): boolean {
    const other = this.#followed.get(owner)?.service;
    return other !== undefined && registrationOrder(service, other) < 0;
  }

  #order(a: string, b: string): number {
    const [first, second] = [this.#followed.get(a)?.service, this.#followed.get(b)?.service];
    return first === undefined || second === undefined ? 0 : registrationOrder(first, second);
  }
}

/**
 * Returns true if the plain name would take requests of a template: a URI that it can expand to, or a template with the
 * same literal prefix or a longer one. A template that names only a scheme yields to longer ones.
 */
function isCovered(kind: NameKind, plain: string, { literals, isPlace }: Cover): boolean {
  const [prefix = ''] = literals;
  if (kind === 'resources') return isPlace && expandedParts(literals, plain) !== undefined;
  const [own = ''] = literalsOf(plain);
  return own === prefix || (isPlace && own.startsWith(prefix));
}

/** Orders services by their registration, older records first. */
export const registrationOrder = (a: Service, b: Service): number =>
  (a.ordinal ?? 0) - (b.ordinal ?? 0) || (a.serviceId < b.serviceId ? -1 : 1);

function yieldedNames({ yields = [] }: Service, kind: NameKind): ReadonlySet<string> {
  const start = `${kind} `;
  return new Set(yields.filter((each) => each.startsWith(start)).map((each) => each.slice(start.length)));
}

/** Puts tools that the manifest names first, so that their names take precedence over the names of other tools. */
export function namedFirst<T extends NamedDefinition>({ manifest }: Service, tools: readonly T[]): readonly T[] {
  if (manifest.spec.surface?.tools === undefined) return tools;
  const isNamed = ({ name }: T): boolean => toolSurface(manifest, name).name !== undefined;
  return [...tools.filter(isNamed), ...tools.filter((tool) => !isNamed(tool))];
}
