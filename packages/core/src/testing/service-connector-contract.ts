import { embeddedCaller } from '../domain/access/caller.ts';
import { isClarityError } from '../domain/errors/clarity-error.ts';
import type { McpNotification, McpReply } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import type { Service } from '../domain/services/service.ts';
import type { Connection, ConnectionEvents, ServiceConnector, UpstreamRequestOptions } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** A connector with a service of its kind that replies as `contractAnswer`. */
export interface ConnectorSetup {
  readonly connector: ServiceConnector;
  readonly service: Service;
  /** Ends the resources of the setup. */
  readonly close: () => Promise<void>;
}

const BOUND = 64 * 1024;
const silent: ConnectionEvents = { onListChanged: () => undefined, onLog: () => undefined, onClose: () => undefined };

/** Contract of a `ServiceConnector`. */
export function serviceConnectorContract(kit: TestKit, name: string, setup: () => Promise<ConnectorSetup>): void {
  const { describe, test, expect } = kit;

  const connected = (body: (connection: Connection) => Promise<void>) => async (): Promise<void> => {
    const { connector, service, close } = await setup();
    try {
      const connection = await connector.connect(service, silent, new AbortController());
      try {
        await body(connection);
      } finally {
        await connection.close('the test is over');
      }
    } finally {
      await close();
    }
  };

  describe(`ServiceConnector contract: ${name}`, () => {
    test(
      'what it lists can be called, and what it does not list is refused',
      connected(async (connection) => {
        const listed = await call(connection, 'tools/list');
        const { tools } = valueOf(listed) as { tools: readonly { name: string }[] };
        for (const tool of tools.filter((each) => each.name !== 'hang' && each.name !== 'refuse')) {
          expect('result' in (await callTool(connection, tool.name))).toEqual(true);
        }
        expect('error' in (await callTool(connection, 'no_such_tool'))).toEqual(true);
      }),
    );
    test(
      'a number that no double holds keeps every digit',
      connected(async (connection) => {
        const reply = await callTool(connection, 'exact');
        expect('result' in reply && reply.result.text.includes('9007199254740993')).toEqual(true);
      }),
    );
    test(
      'a result that says that it is an error, and an error of the protocol, are answers',
      connected(async (connection) => {
        const failed = await callTool(connection, 'fail');
        expect('result' in failed && failed.isError).toEqual(true);
        const refused = await callTool(connection, 'refuse');
        expect('error' in refused && refused.error).toEqual({ code: -32602, message: 'refused' });
      }),
    );
    test(
      'an abort ends the wait at once, and the next call is answered',
      connected(async (connection) => {
        const abort = new AbortController();
        const waiting = codeOf(
          callTool(connection, 'hang', {
            signal: abort.signal,
            onSent: () => {
              abort.abort();
            },
          }),
        );
        expect(await waiting).toEqual('CALL_CANCELLED');
        expect(textOf(await callTool(connection, 'echo', { args: { text: 'still here' } }))).toEqual('still here');
      }),
    );
    test(
      'a call whose time is over fails, and the next one is answered',
      connected(async (connection) => {
        expect(await codeOf(callTool(connection, 'hang', { totalMs: 50 }))).toEqual('CALL_TIMED_OUT');
        expect(await codeOf(callTool(connection, 'hang', { idleMs: 50 }))).toEqual('CALL_TIMED_OUT');
        expect(textOf(await callTool(connection, 'echo', { args: { text: 'on time' } }))).toEqual('on time');
      }),
    );
    test(
      'a reply over the bound is refused, one below it is not, and the next call is answered',
      connected(async (connection) => {
        const over = codeOf(callTool(connection, 'bytes', { args: { n: BOUND }, maxReplyBytes: BOUND }));
        expect(await over).toEqual('PAYLOAD_TOO_LARGE');
        const below = await callTool(connection, 'bytes', { args: { n: BOUND - 1024 }, maxReplyBytes: BOUND });
        expect(textOf(below).length).toEqual(BOUND - 1024);
      }),
    );
    test(
      'progress comes in order, none is lost, and under the token that the caller gave',
      connected(async (connection) => {
        const heard: McpNotification[] = [];
        const onNotification = (notice: McpNotification): void => {
          heard.push(notice);
        };
        await callTool(connection, 'count', { args: { n: 50 }, meta: { progressToken: 'mine' }, onNotification });
        expect(heard.map(({ params }) => params.get('progress')?.value)).toEqual(
          Array.from({ length: 50 }, (_, i) => i + 1),
        );
        expect(new Set(heard.map(({ params }) => params.get('progressToken')?.value))).toEqual(new Set(['mine']));
      }),
    );
    test(
      'calls at the same time get each their own answer',
      connected(async (connection) => {
        const words = Array.from({ length: 20 }, (_, i) => `word ${String(i)}`);
        const replies = await Promise.all(words.map((word) => callTool(connection, 'echo', { args: { text: word } })));
        expect(replies.map(textOf)).toEqual(words);
      }),
    );
    test('close rejects open and later requests, and a second close does nothing', async () => {
      const { connector, service, close } = await setup();
      const connection = await connector.connect(service, silent, new AbortController());
      let sent: () => void = () => undefined;
      const isSent = new Promise<void>((resolve) => {
        sent = resolve;
      });
      const inFlight = codeOf(callTool(connection, 'hang', { onSent: sent }));
      await isSent;
      await connection.close('the test is over');
      await connection.close('again');
      expect(await inFlight).toEqual('UPSTREAM_LOST');
      expect(await codeOf(callTool(connection, 'echo', { args: { text: 'x' } }))).toEqual('UPSTREAM_LOST');
      await close();
    });
    test('an aborted connect rejects', async () => {
      const { connector, service, close } = await setup();
      const connecting = connector.connect(service, silent, { signal: AbortSignal.abort() });
      expect(typeof (await codeOf(connecting))).toEqual('string');
      await close();
    });
  });
}

type Over = Partial<UpstreamRequestOptions>;

function call(connection: Connection, method: string, over: Over & { params?: object } = {}): Promise<McpReply> {
  const { params = {}, ...exchange } = over;
  const members = new Map(Object.entries(params).map(([name, value]) => [name, RawJson.of(value)]));
  return connection.request(
    { method, params: members },
    {
      caller: embeddedCaller,
      signal: new AbortController().signal,
      idleMs: 0,
      totalMs: 20_000,
      maxReplyBytes: 1024 * 1024,
      onNotification: () => undefined,
      onRequest: () => Promise.reject(new Error('no client answers')),
      onSent: () => undefined,
      ...exchange,
    },
  );
}

function callTool(
  connection: Connection,
  name: string,
  { args = {}, meta, ...over }: Over & { args?: object; meta?: object } = {},
): Promise<McpReply> {
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
  return call(connection, 'tools/call', { ...over, params });
}

const valueOf = (reply: McpReply): unknown => ('result' in reply ? reply.result.value : reply.error);

const textOf = (reply: McpReply): string =>
  (valueOf(reply) as { content?: readonly { text?: string }[] }).content?.[0]?.text ?? '';

/** Returns the code of the rejection; undefined without one. */
const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (isClarityError(error) ? error.code : undefined),
  );
