import { fromServiceUri, isPageUri, isReservedUri, toServiceUri } from '../../domain/mcp/service-uri.ts';
import {
  bySpecificity,
  expandedParts,
  joinedParts,
  literalsOf,
  matchesTemplate,
  namesScheme,
} from '../../domain/mcp/uri-template.ts';
import type { Service } from '../../domain/services/service.ts';
import type { GatewayScope } from '../../ports/index.ts';
import type { Backends } from './backends.ts';
import type { NameClaim } from './name-claims.ts';
import type { NameTable } from './name-table.ts';
import type { ResourceLinks } from './resource-links.ts';

/** The service of a resource and the URI or the URI template that it knows. */
export interface ResourceRoute {
  readonly service: Service;
  readonly uri: string;
}

export interface ResourceRouterDependencies {
  readonly backends: Pick<Backends, 'find' | 'services' | 'isBuiltIn'>;
  readonly names: NameTable;
  readonly links: ResourceLinks;
}

interface Place {
  /** The service of an endpoint of one service. */
  readonly only?: Service;
}

/**
 * Finds the one service that owns a URI of an endpoint, and the URI under which clients know a resource.
 * Not specified: MCP has no rule for URIs of several servers behind one endpoint.
 */
export class ResourceRouter {
  readonly #dependencies: ResourceRouterDependencies;

  constructor(dependencies: ResourceRouterDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Returns the owner of a URI: the service that lists it, that the URI names, whose result named it to the caller, or
   * whose template matches it. Undefined if no service owns it.
   */
  route({ only }: Place, { caller }: Pick<GatewayScope, 'caller'>, uri: string): ResourceRoute | undefined {
    if (only !== undefined) return { service: only, uri };
    const { names, links } = this.#dependencies;
    const listed = names.owner('resources', uri);
    if (listed !== undefined) return this.#routeTo(listed.serviceId, listed.wish.own);
    const named = fromServiceUri(uri);
    if (named !== undefined) return this.#named(named.namespace, uri, named.uri);
    const linked = links.find(caller, uri);
    if (linked !== undefined) return this.#routeTo(linked, uri);
    const [template] = names.templatesFor(uri);
    return template === undefined ? undefined : this.#routeTo(template.serviceId, uri);
  }

  /** Returns the owner of a URI template of an endpoint. */
  routeOfTemplate({ only }: Place, template: string): ResourceRoute | undefined {
    if (only !== undefined) return { service: only, uri: template };
    const claim = this.#dependencies.names.owner('resourceTemplates', template);
    return claim === undefined ? undefined : this.#routeTo(claim.serviceId, claim.wish.own);
  }

  /**
   * Returns the URI by which a client of the shared endpoint can read a resource that a service named in a result.
   * Records an unlisted URI as named to the caller.
   */
  shownUri(scope: Pick<GatewayScope, 'caller'>, { serviceId, namespace }: Service, uri: string): string {
    const { names, links } = this.#dependencies;
    const claimed = names.nameOf('resources', serviceId, uri);
    if (claimed !== undefined) return claimed;
    if (isPageUri(uri) || isReservedUri(uri)) return toServiceUri({ namespace, uri });
    const expanded = this.#expandedTemplate(serviceId, uri);
    if (expanded !== undefined) return expanded;
    const owner =
      names.owner('resources', uri)?.serviceId ??
      (/^https?:/i.test(uri) ? undefined : links.find(scope.caller, uri)) ??
      names.templatesFor(uri)[0]?.serviceId;
    if (owner !== undefined && owner !== serviceId) return toServiceUri({ namespace, uri });
    links.add(scope.caller, uri, serviceId);
    return uri;
  }

  /** Like `shownUri` for a URI in a list, which every client may read. */
  listedUri({ serviceId, namespace }: Service, uri: string): string {
    const { names } = this.#dependencies;
    const claimed = names.nameOf('resources', serviceId, uri);
    if (claimed !== undefined) return claimed;
    const owner = names.owner('resources', uri)?.serviceId ?? names.templatesFor(uri)[0]?.serviceId ?? serviceId;
    const isPlain = owner === serviceId && !isPageUri(uri) && !isReservedUri(uri);
    return isPlain ? uri : toServiceUri({ namespace, uri });
  }

  /** Returns the URI template by which clients of the shared endpoint know a template of a service. */
  listedTemplate({ serviceId }: Service, template: string): string {
    return this.#dependencies.names.nameOf('resourceTemplates', serviceId, template) ?? template;
  }

  /** Returns the URI as an expansion of a template that clients know under another name. */
  #expandedTemplate(serviceId: string, uri: string): string | undefined {
    return this.#translated(serviceId, uri, ({ name, wish }) => [wish.own, name]);
  }

  /** Returns the route of a URI that names its service. Expansions of a template keep their encoding. */
  #named(namespace: string, shown: string, uri: string): ResourceRoute | undefined {
    const { backends } = this.#dependencies;
    const service = backends.services().find((each) => each.namespace === namespace);
    if (service === undefined || backends.isBuiltIn(service.serviceId)) return undefined;
    const expanded = this.#translated(service.serviceId, shown, ({ name, wish }) => [name, wish.own]);
    return { service, uri: expanded ?? uri };
  }

  /**
   * Translates a URI from one form of a template to the other, for the templates that clients know under another name. If several
   * can expand to the URI, the most specific one decides.
   */
  #translated(
    serviceId: string,
    uri: string,
    forms: (claim: NameClaim) => readonly [from: string, to: string],
  ): string | undefined {
    const [found] = [...this.#dependencies.names.of('resourceTemplates', serviceId).values()]
      .filter(({ name, wish }) => name !== wish.own && namesScheme(wish.own))
      .map(forms)
      .filter(([from]) => matchesTemplate(from, uri))
      .sort(([a], [b]) => bySpecificity(a, b));
    if (found === undefined) return undefined;
    const [from, to] = found.map(literalsOf) as [readonly string[], readonly string[]];
    return joinedParts(to, expandedParts(from, uri) ?? []);
  }

  #routeTo(serviceId: string, uri: string): ResourceRoute | undefined {
    const service = this.#dependencies.backends.find(serviceId);
    return service === undefined ? undefined : { service, uri };
  }
}
