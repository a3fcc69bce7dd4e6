import { principalKey } from '../../domain/access/principal-key.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import { failure } from '../../domain/errors/clarity-error.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpNotification, type McpParams, type McpReply } from '../../domain/mcp/mcp.ts';
import { hasTaskExtension } from '../../domain/mcp/task-messages.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Exchange } from '../../ports/index.ts';
import type { ClientSession } from './client-session.ts';
import type { Endpoint } from './endpoint.ts';
import type { ContentRouter } from './content-requests.ts';
import type { ListChangeNotifier, Subscriber } from './list-change-notifier.ts';
import type { ResourceRoute, ResourceRouter } from './resource-router.ts';
import type { ResourceWatch } from './resource-watch.ts';
import { TASKS_NOT_DECLARED } from './task-router.ts';
import type { ChangedList } from './upstream-observer.ts';

const LISTS: readonly ChangedList[] = ['tools', 'resources', 'prompts'];
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';
const MAX_URIS = 256;
/** Resource subscriptions of all clients of one principal: half of the resources that may be watched. */
const MAX_URIS_PER_PRINCIPAL = 1_000;
const EMPTY: McpReply = { result: RawJson.of({}) };
const { code: QUOTA, message: QUOTA_MESSAGE } = failure('QUOTA_EXCEEDED', 'resource subscriptions');
const OVER_SHARE: McpReply = {
  error: { code: RpcCode.internalError, message: QUOTA_MESSAGE, data: { code: QUOTA } },
};

export interface SubscriptionsDependencies {
  readonly notifier: ListChangeNotifier;
  readonly watch: ResourceWatch;
  readonly resources: ResourceRouter;
  readonly contents: ContentRouter;
  readonly onLimit: (limit: LimitName) => void;
}

/** Subscriptions of clients: legacy clients use the stream of their session, modern clients `subscriptions/listen`. */
export class Subscriptions {
  readonly #notifier: ListChangeNotifier;
  readonly #watch: ResourceWatch;
  readonly #resources: ResourceRouter;
  readonly #contents: ContentRouter;
  readonly #onLimit: (limit: LimitName) => void;
  /** Numbers of resource subscriptions, by principal. */
  readonly #counts = new Map<string, number>();

  constructor({ notifier, watch, resources, contents, onLimit }: SubscriptionsDependencies) {
    this.#notifier = notifier;
    this.#watch = watch;
    this.#resources = resources;
    this.#contents = contents;
    this.#onLimit = onLimit;
  }

  /** Subscribes a legacy client to every list. */
  attach(client: ClientSession): void {
    const { notify } = client.scope;
    if (notify === undefined) return;
    client.onClose(this.#notifier.join({ ...subscriberOf(client), lists: new Set(LISTS), send: notify }));
  }

  /** Handles `resources/subscribe` of a legacy client. */
  subscribe(client: ClientSession, endpoint: Endpoint, params: McpParams): McpReply {
    const uri = params.get('uri')?.value;
    if (typeof uri !== 'string' || uri === '') return invalid('resources/subscribe needs params.uri, a string');
    const { notify } = client.scope;
    const route = this.#contents.resourceRoute(endpoint, client, uri);
    if ('error' in route) return route;
    if (notify === undefined || client.watched.has(uri)) return EMPTY;
    if (this.#isOverShare(client)) return OVER_SHARE;
    const end = client.watched.size < MAX_URIS ? this.#watchAt({ client, endpoint, uri }, route, notify) : undefined;
    if (end === undefined)
      return { error: { code: RpcCode.internalError, message: 'too many resource subscriptions' } };
    client.watched.set(uri, end);
    return EMPTY;
  }

  unsubscribe(client: ClientSession, params: McpParams): McpReply {
    const uri = params.get('uri')?.value;
    if (typeof uri !== 'string') return invalid('resources/unsubscribe needs params.uri, a string');
    client.watched.get(uri)?.();
    client.watched.delete(uri);
    return EMPTY;
  }

  /**
   * Handles `subscriptions/listen` (MCP 2026-07-28): acknowledges first and stays open until the client disconnects.
   */
  async listen(client: ClientSession, endpoint: Endpoint, params: McpParams, exchange: Exchange): Promise<McpReply> {
    const given = params.get('notifications');
    if (given !== undefined && given.bytes[0] !== 0x7b) return invalid('params.notifications must be an object');
    const requested = (given?.value ?? {}) as Readonly<Record<string, unknown>>;
    // The acknowledgement names no task: the gateway does not listen to states upstream, and clients poll.
    const wantsTasks = Array.isArray(requested['taskIds']) && requested['taskIds'].length > 0;
    if (wantsTasks && !hasTaskExtension(client.scope.clientCapabilities)) return TASKS_NOT_DECLARED;
    const lists = LISTS.filter(
      (list) => requested[`${list}ListChanged`] === true && endpoint.capabilities[list] !== undefined,
    );
    const owned = urisOf(requested['resourceSubscriptions']).flatMap((uri) => {
      const route = this.#contents.resourceRoute(endpoint, client, uri);
      return 'error' in route ? [] : [{ uri, route }];
    });
    const id = exchange.id ?? RawJson.of(null);
    const notify = (notification: McpNotification): void => {
      exchange.send(withSubscriptionId(notification, id));
    };
    const uris: string[] = [];
    const ends: (() => void)[] = [];
    for (const { uri, route } of owned) {
      if (this.#isOverShare(client)) break;
      const end = this.#watchAt({ client, endpoint, uri }, route, notify);
      if (end === undefined) break;
      uris.push(uri);
      ends.push(end);
    }
    ends.push(this.#notifier.join({ ...subscriberOf(client), lists: new Set(lists), send: notify }));
    const accepted = {
      ...Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true])),
      ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }),
    };
    const acknowledged = new Map([['notifications', RawJson.of(accepted)]]);
    notify({ method: 'notifications/subscriptions/acknowledged', params: acknowledged });
    await aborted(exchange.signal);
    for (const end of ends) end();
    return { result: objectOf(new Map([['_meta', objectOf(new Map([[SUBSCRIPTION_ID, id]]))]])) };
  }

  #isOverShare({ scope: { caller } }: ClientSession): boolean {
    const isOver = (this.#counts.get(principalKey(caller)) ?? 0) >= MAX_URIS_PER_PRINCIPAL;
    if (isOver) this.#onLimit('subscription.over_share');
    return isOver;
  }

  /** Returns the end of the subscription, which also counts it down; undefined if too many resources are watched. */
  #watchAt(
    { client, endpoint, uri }: { readonly client: ClientSession; readonly endpoint: Endpoint; readonly uri: string },
    { service, uri: own }: ResourceRoute,
    send: (notification: McpNotification) => void,
  ): (() => void) | undefined {
    const shownUri = (updated: string): string => {
      if (updated === own) return uri;
      return endpoint.only === undefined ? this.#resources.shownUri(client.scope, service, updated) : updated;
    };
    const end = this.#watch.watch(service.serviceId, own, (updated) => {
      send({ method: 'notifications/resources/updated', params: new Map([['uri', RawJson.of(shownUri(updated))]]) });
    });
    if (end === undefined) return undefined;
    const principal = principalKey(client.scope.caller);
    this.#counts.set(principal, (this.#counts.get(principal) ?? 0) + 1);
    return () => {
      const left = (this.#counts.get(principal) ?? 1) - 1;
      if (left > 0) this.#counts.set(principal, left);
      else this.#counts.delete(principal);
      end();
    };
  }
}

/** Adds the id of the subscription to a notification. */
function withSubscriptionId({ method, params }: McpNotification, id: RawJson): McpNotification {
  const given = params.get('_meta');
  const meta = new Map(given === undefined ? [] : membersOf(given)).set(SUBSCRIPTION_ID, id);
  return { method, params: new Map(params).set('_meta', objectOf(meta)) };
}

function urisOf(given: unknown): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(given) ? given : [];
  return [...new Set(listed.filter((uri) => typeof uri === 'string' && uri !== '') as readonly string[])].slice(
    0,
    MAX_URIS,
  );
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => {
        signal.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });

const invalid = (message: string): McpReply => ({ error: { code: RpcCode.invalidParams, message } });

const subscriberOf = ({
  scope: { caller, service, clientCapabilities },
}: ClientSession): Pick<Subscriber, 'caller' | 'service' | 'clientCapabilities'> => ({
  caller,
  ...(service === undefined ? {} : { service }),
  ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
});
