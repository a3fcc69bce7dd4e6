import { beforeAll, expect, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createHttpServer, httpConnector } from '../../src/index.ts';
import { createRuntime, embeddedCaller, MODERN_REVISION } from '@clarity-runtime/core';
import type { Clock, Connection, ServiceConnector } from '@clarity-runtime/core/ports';
import { startClosingUpstream } from '../support/closing-upstream.ts';
import { captureFrames, type Frame } from '../support/stack-frames.ts';
import { StreamableTransport } from '../../src/outbound/streamable/streamable-transport.ts';

/*
 * The path of a proxied `tools/call` from the HTTP listener to the upstream request, as functions of `packages/<name>/src`.
 *
 * A stack loses frames: a function that returned a promise without `await` is gone when the promise settles, and a promise
 * that is not awaited ends the chain of `async` frames. One stack is therefore not the path. The test captures a stack at
 * each place where the path meets a fake: every reading of the clock, the request to the connection, and the lookup of the
 * upstream's host name, which the HTTP client does inside the upstream request. A function is on the path if it calls the upstream
 * request or the connection, or if it calls a function on the path. A function counts once, as async if its source says so.
 * The `next` of the pipeline counts once per stage, because every stage has its own.
 */
const MAX_FRAMES = 20;
const MAX_ASYNC_FRAMES = 15;
const PIPELINE = 'core/src/application/calls/call-pipeline.ts';
const CALL_STAGES = ['policy', 'limit', 'circuit', 'recover'];

const HOST = 'localhost';

let isRecording = false;
const stacks: (readonly Frame[])[] = [];

function record(): void {
  if (isRecording) stacks.push(captureFrames());
}

const recordingClock: Clock = {
  wall: () => new Date(),
  monotonic: () => {
    record();
    return performance.now();
  },
  after: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

/** Stacks of the path itself, in the order of the call: to the connection, from there after a suspension, to the request. */
const spine: (readonly Frame[])[] = [];

const recordingConnector = (connector: ServiceConnector): ServiceConnector => ({
  ...connector,
  origin: connector.origin,
  admit: (manifest) => connector.admit(manifest),
  connect: async (service, events, options) => {
    const connection = await connector.connect(service, events, options);
    return {
      era: connection.era,
      capabilities: connection.capabilities,
      request: async (request, options) => {
        if (!isRecording) return connection.request(request, options);
        spine.push(captureFrames());
        await turn();
        spine.push(captureFrames());
        return connection.request(request, options);
      },
      notify: (notification) => {
        connection.notify(notification);
      },
      close: (reason) => connection.close(reason),
    } satisfies Connection;
  },
});

async function callOnce(): Promise<void> {
  const request = Object.getOwnPropertyDescriptor(StreamableTransport.prototype, 'request')
    ?.value as StreamableTransport['request'];
  StreamableTransport.prototype.request = function (pending) {
    if (isRecording) spine.push(captureFrames());
    return request.call(this, pending);
  };
  const upstream = await startClosingUpstream();
  const remote = httpConnector({
    resolve: () => {
      if (isRecording) spine.push(captureFrames());
      return Promise.resolve(['127.0.0.1']);
    },
  });
  const runtime = await createRuntime({ connectors: [recordingConnector(remote)], clock: recordingClock });
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  try {
    const { port } = upstream.address() as AddressInfo;
    const { service } = await runtime.services.apply(embeddedCaller, {
      apiVersion: 'clarity.runtime/v1',
      kind: 'MCPService',
      metadata: { sourceFile: 'far', module: 'far' },
      spec: {
        enabled: true,
        autostart: false,
        restartPolicy: { mode: 'on-failure', maxRestarts: 1, windowSeconds: 60 },
        policyRef: 'default',
        origin: { type: 'remote_mcp', endpoint: `http://${HOST}:${String(port)}/mcp`, transport: 'streamable_http' },
      },
    });
    await runtime.services.start(embeddedCaller, service.serviceId);
    const { url } = await server.listen();
    const params = { name: 'far__echo', arguments: {}, _meta: META };
    isRecording = true;
    const response = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': MODERN_REVISION,
        'mcp-method': 'tools/call',
        'mcp-name': 'far__echo',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    });
    // A reply that takes a second is a stream: the recorder is slow on a busy machine.
    const text = (await response.text()).replace(/^[^{]*/, '');
    expect(JSON.parse(text)).toMatchObject({ result: { content: [{ text: 'done' }] } });
  } finally {
    isRecording = false;
    StreamableTransport.prototype.request = request;
    await server.close();
    await runtime.close();
    upstream.close();
  }
}

const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Functions of the path, from the listener to the upstream request. */
function pathOf(): readonly Frame[] {
  const path = new Map<string, Frame>();
  const add = (frame: Frame): void => {
    const isAsync = frame.isAsync || path.get(frame.key)?.isAsync === true;
    path.set(frame.key, { ...frame, isAsync });
  };
  for (const stack of spine) for (const frame of stack) add(frame);
  for (let before = -1; before !== path.size;) {
    before = path.size;
    for (const stack of stacks) {
      const first = stack.findIndex(({ key }) => path.has(key));
      if (first >= 0) stack.slice(first).forEach(add);
    }
  }
  return [...path.values()];
}

beforeAll(callOnce);

test('a proxied tools/call has at most 20 functions of ours before the upstream request, 15 of them async', () => {
  const names = pathOf().map(({ key, isAsync }) => `${isAsync ? 'async ' : ''}${key}`);
  const path = names.flatMap((name) =>
    name.includes(PIPELINE) ? CALL_STAGES.map((stage) => `${name} of ${stage}`) : name,
  );
  expect(path.filter((name) => name.includes(PIPELINE))).toHaveLength(CALL_STAGES.length);
  expect(path.slice(MAX_FRAMES)).toEqual([]);
  expect(path.filter((key) => key.startsWith('async ')).slice(MAX_ASYNC_FRAMES)).toEqual([]);
});

/** From the listener to the upstream request. Stage `policy` does not wait, so that later stacks do not contain it. */
const STAGES = [
  'adapter-http/src/server/request-listener.ts',
  'adapter-http/src/mcp/post-handler.ts',
  'adapter-http/src/mcp/message-dispatcher.ts',
  'core/src/application/gateway/gateway.ts',
  'core/src/application/gateway/tool-caller.ts',
  'core/src/application/calls/policy-stage.ts',
  'core/src/application/calls/call-limiter.ts',
  'core/src/application/calls/circuit-breakers.ts',
  'core/src/application/calls/call-recovery.ts',
  'core/src/application/gateway/era-bridge.ts',
  'core/src/protocol/json-rpc-connection.ts',
  'adapter-http/src/outbound/streamable/streamable-transport.ts',
];

test('a proxied tools/call passes 12 stages in order', () => {
  const positions = new Map(STAGES.map((file, position) => [`packages/${file}`, position]));
  const seen = new Set<number>();
  for (const stack of [...spine, ...stacks]) {
    const inStack = [...stack].reverse().flatMap(({ file }) => positions.get(file) ?? []);
    expect(inStack).toEqual([...inStack].sort((a, b) => a - b));
    for (const position of inStack) seen.add(position);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual(STAGES.map((_file, position) => position));
});
