import { expect, test } from '@jest/globals';
import { compile } from '@clarity-runtime/compiler';
import { parseManifest, RawJson } from '@clarity-runtime/core';
import { Redactor } from '@clarity-runtime/core/internal';
import { Secret } from '@clarity-runtime/core';
import { jsonConfig } from '../../packages/adapter-store-fs/src/client-config/json-config.ts';
import { tomlConfig } from '../../packages/adapter-store-fs/src/client-config/toml-config.ts';
import { StderrLog } from '../../packages/adapter-stdio/src/connector/stderr-log.ts';
import { judgeInterface } from '../../packages/core/src/domain/interfaces/interface-diff.ts';
import {
  boundDefinition,
  DEFAULT_INTERFACE_LIMITS,
} from '../../packages/core/src/domain/interfaces/interface-limits.ts';
import { repairDefinition } from '../../packages/core/src/domain/interfaces/definition-repair.ts';
import {
  asksForSecret,
  isEncoded,
  isImperative,
  textsOf,
} from '../../packages/core/src/domain/interfaces/suspicious-text.ts';
import { canonicalJson } from '../../packages/core/src/domain/json/digest.ts';
import { arrayItems, membersOf } from '../../packages/core/src/domain/json/json-members.ts';
import {
  decodeHeaderValue,
  encodeHeaderValue,
  paramHeadersOf,
} from '../../packages/core/src/domain/mcp/param-headers.ts';
import { expandedParts, literalsOf, namesPlace } from '../../packages/core/src/domain/mcp/uri-template.ts';
import { normalizeNamespace } from '../../packages/core/src/domain/services/namespace.ts';
import { exposedToolName } from '../../packages/core/src/domain/services/tool-names.ts';
import { decodeHtml, decodeJson, decodePercent } from '../../packages/core/src/domain/text/decodings.ts';
import { stripHiddenCharacters, stripHiddenFromJson } from '../../packages/core/src/domain/text/hidden-characters.ts';
import { placeholdersOf } from '../../packages/core/src/domain/text/placeholders.ts';
import { toDisplayText, toLogLine, toPrintableAscii } from '../../packages/core/src/domain/text/safe-text.ts';
import { composedInstructions } from '../../packages/core/src/application/gateway/instructions.ts';
import { readMessage } from '../../packages/core/src/protocol/message-reader.ts';
import { SseReader } from '../../packages/core/src/protocol/sse-reader.ts';
import { CookieJar } from '../../packages/adapter-http/src/outbound/http/cookie-jar.ts';
import { expectLinear } from '../support/linear-text.ts';

const encoder = new TextEncoder();
const redactor = Redactor.of([new Secret('secret-of-the-bank'), new Secret('a'.repeat(400))]);
const SECRETS = ['secret-of-the-', 'c2VjcmV0', '%73', '\\u0073', '&#115;', 'aaaa'];
const JSON_TOKENS = ['{"a":', '[', '"', '\\u', '\\', ',', '":"', '}', 'null', '1e9', '[{'];
const location = { container: ['mcpServers'], name: 'clarity' } as const;

const definition = (text: string): RawJson =>
  RawJson.of({
    name: text,
    title: text,
    description: text,
    inputSchema: { type: 'object', properties: { [text]: { description: text } } },
  });

const without = (work: () => unknown): void => {
  try {
    work();
  } catch {
    // A refusal of a hostile text is the expected result.
  }
};

/** Every function that reads text from outside, with the tokens of its syntax. A new one gets a row. */
const FUNCTIONS: Readonly<Record<string, readonly [run: (text: string) => unknown, tokens: readonly string[]]>> = {
  isImperative: [isImperative, ['send ', 'you must ', 'a@', 'do not tell ', '<important']],
  isEncoded: [isEncoded, ['\\x41', '%41', 'QUJD']],
  asksForSecret: [asksForSecret, ['api_', 'Token', 'pageToken', '__']],
  textsOf: [(text) => textsOf({ [text]: [text, { [text]: text }] }), ['.']],
  judgeInterface: [
    (text) =>
      judgeInterface({
        interfaceRevision: 'r',
        instructions: text,
        tools: [{ name: 'a', raw: definition(text) }],
        prompts: [],
        resources: [],
        resourceTemplates: [],
      }),
    ['send ', 'a@'],
  ],
  repairDefinition: [(text) => repairDefinition(definition(text), 'tools'), JSON_TOKENS],
  boundDefinition: [(text) => boundDefinition(definition(text), DEFAULT_INTERFACE_LIMITS), JSON_TOKENS],
  canonicalJson: [(text) => canonicalJson({ [text]: text }), []],
  stripHiddenCharacters: [stripHiddenCharacters, ['\u200b', '\ufe0f\u200d']],
  stripHiddenFromJson: [(text) => stripHiddenFromJson(JSON.stringify(text)), ['\u200b', '\\u200b', '\\']],
  toDisplayText: [(text) => toDisplayText(text, text.length), ['\r\n']],
  toLogLine: [(text) => toLogLine(text, text.length), ['\r\n']],
  toPrintableAscii: [(text) => toPrintableAscii(text, text.length), []],
  decodeJson: [decodeJson, ['\\u', '\\u0041', '\\']],
  decodePercent: [decodePercent, ['%', '%4', '%41']],
  decodeHtml: [decodeHtml, ['&', '&#', '&#x41;', '&amp']],
  placeholdersOf: [placeholdersOf, ['${', '${env:', '$${', '}', ':-']],
  normalizeNamespace: [(text) => normalizeNamespace(text), ['__', '--']],
  exposedToolName: [(text) => exposedToolName('a', text), ['__']],
  composedInstructions: [
    (text) => composedInstructions('', [{ service: { namespace: 'a' }, text }]),
    ['. ', '\r\n', '## '],
  ],
  literalsOf: [literalsOf, ['{a}', '{', '}']],
  namesPlace: [namesPlace, ['{a}', '://', '{']],
  expandedParts: [(text) => expandedParts(literalsOf('file:///{a}/b/{c}'), `file:///${text}`), ['/b/', 'b']],
  decodeHeaderValue: [decodeHeaderValue, ['=?', '?=', '=?base64?']],
  encodeHeaderValue: [encodeHeaderValue, ['=?']],
  paramHeadersOf: [(text) => paramHeadersOf(definition(text).value), ['x-mcp-header']],
  membersOf: [
    (text) => {
      without(() => membersOf(RawJson.of({ [text]: text })));
    },
    JSON_TOKENS,
  ],
  arrayItems: [
    (text) => {
      without(() => arrayItems(encoder.encode(JSON.stringify([text, text])), 9));
    },
    JSON_TOKENS,
  ],
  readMessage: [(text) => readMessage(encoder.encode(text), 'server'), JSON_TOKENS],
  SseReader: [
    (text) => {
      without(() => {
        new SseReader(64 * 1024 * 1024, () => undefined).push(encoder.encode(text));
      });
    },
    ['data: x\n', '\n\n', 'event:', ':', '\r', 'id: 1\r\n'],
  ],
  redact: [(text) => redactor?.redact(text), SECRETS],
  redactCut: [(text) => redactor?.redactCut(text), SECRETS],
  redactJson: [(text) => redactor?.redactJson(JSON.stringify(text)), SECRETS],
  StderrLog: [
    (text) => {
      new StderrLog({ log: () => undefined, onDropped: () => undefined, redactor }).push(encoder.encode(text));
    },
    SECRETS,
  ],
  jsonConfig: [
    (text) => {
      without(() => jsonConfig(location as never).entry(text));
    },
    [...JSON_TOKENS, '//', '/*'],
  ],
  tomlConfig: [
    (text) => {
      without(() => tomlConfig(location).entry(text));
    },
    ['[a_b]\n', 'a = "', '"""', "'''", '[['],
  ],
  parseManifest: [
    (text) => {
      without(() =>
        parseManifest({ apiVersion: text, kind: text, metadata: { [text]: text }, spec: { [text]: text } }),
      );
    },
    [],
  ],
  CookieJar: [
    (text) => {
      without(() => {
        (new CookieJar() as unknown as { store(lines: string[]): void }).store([text]);
      });
    },
    ['a=b; ', ';', '='],
  ],
};

test.each(Object.keys(FUNCTIONS))('R01 R11b %s needs time linear in hostile text', (name) => {
  const [run, tokens] = FUNCTIONS[name] ?? [];
  expect(run).toBeDefined();
  const { ms, text } = run === undefined ? { ms: 0, text: '' } : expectLinear(run, tokens ?? [], LENGTH);
  if (LENGTH > 1 << 19) process.stderr.write(`${name}: at most ${ms.toFixed(0)} ms, for ${text}\n`);
});

/** Characters per text: short here, 1 MiB in `npm run soak:text`. */
const LENGTH = Number(process.env['CLARITY_LINEAR_LENGTH'] ?? 8 * 1024);

test('R11b compile needs time linear in hostile source text', () => {
  const tokens = ['function ', '{ ', '} ', '( ', '| A', 'match x ', '-> ', '"', '//', 'a: ', '1 + ', 'List<'];
  expectLinear((text) => compile({ file: 'a', text: `module A\n\n${text}` }), tokens, Math.min(LENGTH / 4, 120_000));
}, 600_000);
