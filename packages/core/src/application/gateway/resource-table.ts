import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Service } from '../../domain/services/service.ts';
import { listPages, strictest, type ListPages } from './list-pages.ts';
import { withShownDefinition } from './shown-uris.ts';

/** The encoded lists of the resources of an endpoint. */
export interface ResourceTable {
  readonly pages: ListPages;
  readonly templatePages: ListPages;
}

/** A service with the interface that contains its resources. */
export interface ServiceResources {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  /** Returns true for a listed URI or URI template. */
  readonly isContentListed: (kind: 'resources' | 'resourceTemplates', name: string) => boolean;
}

/** The URIs and templates under which clients of an endpoint know the resources of a service. */
export interface ShownUris {
  readonly uri: (service: Service, uri: string) => string;
  readonly template: (service: Service, template: string) => string;
}

/** Builds the lists in the order of `sources`. Without `shown` every definition stays unchanged. */
export function resourceTable(
  sources: readonly ServiceResources[],
  { shown, pageLength }: { readonly shown?: ShownUris | undefined; readonly pageLength: number },
): ResourceTable {
  const entries = sources.flatMap(({ service, snapshot, isContentListed }) =>
    snapshot.resources
      .filter(({ uri }) => isContentListed('resources', uri))
      .map(({ uri, raw }) => {
        if (shown === undefined) return raw.text;
        const name = shown.uri(service, uri);
        const own = name === uri ? undefined : { uri: name };
        return withShownDefinition(raw, (each) => shown.uri(service, each), own).text;
      }),
  );
  const templates = sources.flatMap(({ service, snapshot, isContentListed }) =>
    (snapshot.resourceTemplates ?? [])
      .filter(({ uriTemplate }) => isContentListed('resourceTemplates', uriTemplate))
      .map(({ uriTemplate, raw }) => {
        if (shown === undefined) return raw.text;
        const name = shown.template(service, uriTemplate);
        const own = name === uriTemplate ? undefined : { uriTemplate: name };
        return withShownDefinition(raw, (each) => shown.uri(service, each), own).text;
      }),
  );
  const list = (member: 'resources' | 'resourceTemplates') => ({
    member,
    hint: strictest(sources.map(({ snapshot }) => snapshot.hints?.[member])),
    pageLength,
  });
  return {
    pages: listPages(list('resources'), entries),
    templatePages: listPages(list('resourceTemplates'), templates),
  };
}
