import { parseEnv } from 'node:util';
import { expect, test } from '@jest/globals';
import { RawJson, type McpRequest } from '@clarity-runtime/core';
import { hopsIn, reachesIn } from '../../packages/core/src/domain/mcp/gateway-hops.ts';
import { clientOf } from '../../packages/core/src/protocol/request-classification.ts';
import { IdScanner } from '../../packages/core/src/protocol/id-scanner.ts';
import {
  canBeMessage,
  integerOf,
  mediaType,
  withoutEmptyMembers,
} from '../../packages/core/src/protocol/tolerances.ts';
import { classIndexOf } from '../../packages/core/src/audit-chain/class-counts.ts';
import { cookieOf, presentedToken } from '../../packages/adapter-http/src/guard/credentials.ts';
import { HostNames, isLoopbackAddress } from '../../packages/adapter-http/src/guard/host-names.ts';
import { provenanceOf } from '../../packages/adapter-http/src/guard/request-origin.ts';
import { parseTarget } from '../../packages/adapter-http/src/guard/request-target.ts';
import { standardHeaderError } from '../../packages/adapter-http/src/mcp/header-validation.ts';
import { classifyLegacy, classifyRequest } from '../../packages/adapter-http/src/mcp/protocol-classification.ts';
import { acceptedForms } from '../../packages/adapter-http/src/mcp/response-sink.ts';
import { canMeanLostSession } from '../../packages/adapter-http/src/outbound/http/lost-session.ts';
import { classOf, isMetadataName } from '../../packages/adapter-http/src/outbound/http/network-address.ts';
import { launcherError } from '../../packages/adapter-stdio/src/connector/launcher-output.ts';
import { LineReader } from '../../packages/adapter-stdio/src/framing/line-framing.ts';
import { decodeRecord, readWalLines } from '../../packages/adapter-store-fs/src/telemetry/wal-format.ts';
import { GuestLog } from '../../packages/adapter-wasm/src/guest/guest-log.ts';
import { guardModule } from '../../packages/adapter-wasm/src/guard/guard-module.ts';
import { bareInterface } from '../../packages/adapter-wasm/src/interface/module-interface.ts';
import { readInterface } from '../../packages/adapter-wasm/src/interface/read-interface.ts';
import { parseIsoTime } from '../../packages/adapter-wasm/src/json/iso-time.ts';
import { readJson } from '../../packages/adapter-wasm/src/json/json-value.ts';
import { foreignConfig, foreignText } from '../../packages/cli/src/command-support/foreign-config.ts';
import { expectLinear } from '../support/linear-text.ts';

type Row = readonly [run: (text: string) => unknown, tokens: readonly string[]];

/** Characters per text: short here, 1 MiB in `npm run soak:text`. */
const LENGTH = Number(process.env['CLARITY_LINEAR_LENGTH'] ?? 8 * 1024);
/** Node accepts a request line and headers of at most this length together; the daemon reads this much of an env file. */
const MAX_HEAD = 16 * 1024;
const MAX_ENV_FILE = 64 * 1024;

const encoder = new TextEncoder();
const JSON_TOKENS = ['{"a":', '[', '"', '\\u', '\\', ',', '":"', '}', 'null', '1e9', '[{'];

const without = (work: () => unknown): void => {
  try {
    work();
  } catch {
    // A refusal of a hostile text is the expected result.
  }
};

/** Bytes of an unsigned LEB128 number with a fixed width of 5. */
const leb = (value: number): readonly number[] =>
  [0, 7, 14, 21, 28].map((shift, at) => ((value >>> shift) & 0x7f) | (at < 4 ? 0x80 : 0));

/** A module with a custom section and an import, both with the text as a name. */
function moduleNamed(text: string): Uint8Array {
  const name = Buffer.from(text);
  const vector = Buffer.concat([Buffer.from(leb(name.length)), name]);
  const section = (id: number, body: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([id, ...leb(body.length)]), body]);
  const imported = Buffer.concat([Buffer.from([1]), vector, vector, Buffer.from([0, 0])]);
  const head = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return Buffer.concat([head, section(0, vector), section(1, Buffer.from([1, 0x60, 0, 0])), section(2, imported)]);
}

/** A head with the text in each header that the daemon reads. */
const headOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    (
      'authorization cookie host origin accept content-type sec-fetch-site sec-fetch-mode mcp-session-id mcp-method ' +
      'mcp-name mcp-protocol-version mcp-param-a last-event-id x-clarity-token forwarded via clarity-hops'
    )
      .split(' ')
      .map((name) => [name, text.slice(0, MAX_HEAD)]),
  );
const requestOf = (text: string): McpRequest => ({
  method: text,
  params: new Map([
    ['name', RawJson.of(text)],
    ['_meta', RawJson.of({ 'io.modelcontextprotocol/clientInfo': { name: text, version: text } })],
  ]),
});
const incoming = (text: string): never => {
  const headers = headOf(text);
  return { headers, rawHeaders: Object.entries(headers).flat(), method: 'GET' } as never;
};

/** Every function of an edge or an adapter that reads text from outside, with the tokens of its syntax. */
const FUNCTIONS: Readonly<Record<string, Row>> = {
  'names in modules': [(text) => guardModule(moduleNamed(text), { maxMemoryBytes: 1 << 20 }), ['__', 'env']],
  bareInterface: [
    (text) => {
      without(() => bareInterface(new Map([[text, { params: [], results: [] }]])));
    },
    ['test_'],
  ],
  readInterface: [
    (text) => {
      without(() => readInterface(encoder.encode(text)));
      without(() =>
        readInterface(encoder.encode(JSON.stringify({ abi: 1, module: text, functions: [{ name: text }] }))),
      );
    },
    JSON_TOKENS,
  ],
  'results of a module': [
    (text) => {
      without(() => readJson(text));
      without(() => readJson(JSON.stringify({ [text]: text })));
    },
    [...JSON_TOKENS, '9', '-', '0.', 'e+'],
  ],
  parseIsoTime: [parseIsoTime, ['2026-', 'T', ':', '+']],
  GuestLog: [
    (text) => {
      new GuestLog(() => undefined, 100).print(text);
    },
    ['\r\n', '\n'],
  ],
  'env files': [
    (text) => parseEnv(text.slice(0, MAX_ENV_FILE)),
    ['A=', "A='", 'A="', 'A=`', '\n', 'export ', '#', '\\n', '=\n', ' = '],
  ],
  'headers of a request': [
    (text) => {
      const headers = headOf(text);
      presentedToken(incoming(text));
      cookieOf(incoming(text), 'clarity_a');
      provenanceOf(headers);
      without(() => classifyLegacy(headers));
      without(() => classifyRequest(headers, requestOf(text)));
      without(() => standardHeaderError(headers, requestOf(text)));
      acceptedForms(headers['accept']);
      parseTarget(text.slice(0, MAX_HEAD));
      new HostNames(undefined).serves(text.slice(0, MAX_HEAD));
      hopsIn(headers['clarity-hops']);
    },
    ['Bearer ', ';', ',', 'a=', '=', '/', '//', '%2f', 'http://', ':', '[', ']', '*/*', 'q=', '; ', '?'],
  ],
  'members of a message': [
    (text) => {
      const value = RawJson.fromText(`[${text}]`);
      withoutEmptyMembers(
        new Map([
          ['arguments', value],
          ['_meta', value],
          ['cursor', value],
        ]),
      );
      canBeMessage(encoder.encode(text));
      integerOf(text);
    },
    [' ', '\n', '[', ']', '-', '0'],
  ],
  mediaType: [(text) => mediaType(text.slice(0, MAX_HEAD)), [',', ';', '/', 'text/html, ', ' ', '"']],
  clientOf: [(text) => clientOf({ name: text, version: text }), []],
  hops: [(text) => [hopsIn([text, text]), reachesIn([text])], ['/', ', ']],
  addresses: [(text) => [classOf(text), isLoopbackAddress(text), isMetadataName(text)], ['1.', '::', ':f', '%', '.']],
  'refusals of a service': [
    (text) => canMeanLostSession({ status: 400, text, rpc: undefined, isUnaddressed: false }),
    ['session', 'session id', 'not been ', 'initializ', 'no valid ', 'unknown ', 're-', 'must '],
  ],
  launcherError: [(text) => launcherError(text.split('\n')), ['npm ERR! ', 'ENOTFOUND', '404', 'error: ', '\n']],
  LineReader: [
    (text) => {
      new LineReader(() => 1 << 20, { line: () => undefined }).push(encoder.encode(text));
    },
    ['\n', '\r\n', '{"id":'],
  ],
  IdScanner: [
    (text) => {
      new IdScanner().push(encoder.encode(`{"jsonrpc":"2.0",${text}`));
    },
    ['"id":1,', '"id":', '{', '[', '"', '\\"', '}'],
  ],
  'journal lines': [
    (text) => {
      without(() => decodeRecord(text));
      without(() => readWalLines(encoder.encode(text)));
      without(() => classIndexOf(JSON.stringify({ kind: text })));
    },
    ['00000000 ', '{"seq":1,', '\n', '"kind":"'],
  ],
  'configurations of other products': [
    (text) => [foreignText(text), foreignConfig({ mcpServers: { [text]: { command: text } } })],
    ['[mcp_servers', 'mcpServers:', ' \t', '#', '\n'],
  ],
};

test.each(Object.keys(FUNCTIONS))('T-414 R01 %s need time linear in hostile text', (name) => {
  const [run, tokens] = FUNCTIONS[name] ?? [];
  expect(run).toBeDefined();
  const { ms, text } = run === undefined ? { ms: 0, text: '' } : expectLinear(run, tokens ?? [], LENGTH);
  if (LENGTH > 1 << 19) process.stderr.write(`${name}: at most ${ms.toFixed(0)} ms, for ${text}\n`);
});
