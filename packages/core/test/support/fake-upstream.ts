import {
  RawJson,
  type Capabilities,
  type Era,
  type McpNotification,
  type McpReply,
  type McpRequest,
} from '@clarity-runtime/core';
import type { Service } from '@clarity-runtime/core';
import type {
  Connection,
  ConnectionEvents,
  ServiceConnector,
  UpstreamRequestOptions,
} from '@clarity-runtime/core/ports';

/** One connection with its messages. */
export interface MadeConnection {
  readonly module: string;
  readonly events: ConnectionEvents;
  readonly requests: McpRequest[];
  readonly notified: McpNotification[];
  isClosed: boolean;
}

export type Answer = (
  request: McpRequest,
  exchange: UpstreamRequestOptions,
  connection: MadeConnection,
) => Promise<McpReply>;

export const EVERYTHING: Capabilities = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

const LISTS = new Map([
  ['tools/list', 'tools'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
  ['prompts/list', 'prompts'],
]);

export const reply = (value: unknown): McpReply => ({ result: RawJson.of(value) });
export const rawParams = (of: object): ReadonlyMap<string, RawJson> =>
  new Map(Object.entries(of).map(([name, value]) => [name, RawJson.of(value)]));

/** Services with the lists and replies of a test, in either era. */
export class FakeUpstream implements ServiceConnector {
  readonly origin = 'local_wasm';
  sessions: boolean | 'costly' = false;
  era: Era = 'legacy';
  /** Also supports the other era, on request. */
  speaksBoth = false;
  capabilities: Capabilities = EVERYTHING;
  instructions: string | undefined;
  /** By module and member: the JSON text of a list, or a function that returns the reply. */
  readonly lists = new Map<string, string | ((request: McpRequest, connection: MadeConnection) => McpReply)>();
  readonly made: MadeConnection[] = [];
  /** Count of `tools/list` requests. */
  listReads = 0;
  /** Runs during each list request. */
  reading: (exchange: UpstreamRequestOptions) => Promise<void> = () => Promise.resolve();
  answer: Answer = () => Promise.resolve(reply({ content: [] }));

  admit(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  connect(service: Service, events: ConnectionEvents): Promise<Connection> {
    const { module } = service.manifest.metadata;
    if (events.era !== undefined && events.era !== this.era && !this.speaksBoth) {
      return Promise.reject(new Error('the era is not supported'));
    }
    const made: MadeConnection = { module, events, requests: [], notified: [], isClosed: false };
    this.made.push(made);
    return Promise.resolve({
      era: events.era ?? this.era,
      capabilities: this.capabilities,
      instructions: this.instructions,
      request: async (request, exchange) => {
        const member = LISTS.get(request.method);
        if (member === undefined) {
          made.requests.push(request);
          return this.answer(request, exchange, made);
        }
        if (member === 'tools') this.listReads += 1;
        if (member === 'tools') await this.reading(exchange);
        const list = this.lists.get(`${module} ${member}`) ?? '[]';
        return typeof list === 'string' ? { result: RawJson.fromText(`{"${member}":${list}}`) } : list(request, made);
      },
      notify: (notification) => {
        made.notified.push(notification);
      },
      close: () => {
        made.isClosed = true;
        return Promise.resolve();
      },
    });
  }

  /** Requests of all connections, without list requests. */
  get requests(): readonly McpRequest[] {
    return this.made.flatMap(({ requests }) => requests);
  }
}
