import { expect, test } from '@jest/globals';
import { parseManifest, RawJson, type Manifest } from '@clarity-runtime/core';
import { JsonEdits } from '../../packages/core/src/domain/json/json-edits.ts';
import { isPublicValue, isTokenLike } from '../../packages/core/src/domain/access/public-value.ts';
import { parseAuthRef } from '../../packages/core/src/domain/access/auth-ref.ts';
import {
  isSecretName,
  headerValueProblem,
  secretValueProblem,
} from '../../packages/core/src/domain/access/secret-rules.ts';
import { toScopeHost } from '../../packages/core/src/domain/access/secret-scope.ts';
import { repairForModels } from '../../packages/core/src/domain/interfaces/model-repair.ts';
import { modelProblems } from '../../packages/core/src/domain/interfaces/model-rules.ts';
import { fromServiceUri, toServiceTemplate, toServiceUri } from '../../packages/core/src/domain/mcp/service-uri.ts';
import { matchesTemplate } from '../../packages/core/src/domain/mcp/uri-template.ts';
import { remote } from '../../packages/core/src/domain/services/manifest-defaults.ts';
import { manifestReferences } from '../../packages/core/src/domain/services/manifest-references.ts';
import { placeholderWarnings } from '../../packages/core/src/domain/services/manifest-warnings.ts';
import { configuredValues, maskedUrl, shortLocation } from '../../packages/core/src/domain/services/masked-origin.ts';
import { transliterate } from '../../packages/core/src/domain/text/transliterate.ts';
import { countedRound, namedInputRequests } from '../../packages/core/src/application/gateway/questions.ts';
import { withShownDefinition, withShownUris } from '../../packages/core/src/application/gateway/shown-uris.ts';
import { trustedService } from '../../packages/core/src/application/use-cases/trust-report.ts';
import { expectLinear } from '../support/linear-text.ts';

type Row = readonly [run: (text: string) => unknown, tokens: readonly string[]];

/** Characters per text: short here, 1 MiB in `npm run soak:text`. */
const LENGTH = Number(process.env['CLARITY_LINEAR_LENGTH'] ?? 8 * 1024);
const encoder = new TextEncoder();
const URL_TOKENS = ['https://', '/', '?a=', '&', '#', '@', ':', '%41', '${secret:file:a}', '${env:A}'];
const JSON_TOKENS = ['{"a":', '[', '"', '\\u', '\\', ',', '":"', '}', 'null', '1e9', '[{'];

const without = (work: () => unknown): void => {
  try {
    work();
  } catch {
    // A refusal of a hostile text is the expected result.
  }
};

const manifestOf = (text: string): Manifest =>
  ({
    metadata: { sourceFile: text, module: text },
    spec: { origin: { type: 'remote_mcp', endpoint: text, headers: [{ name: text, value: text }], query: [text] } },
  }) as unknown as Manifest;
const asking = (text: string): RawJson =>
  RawJson.of({
    resultType: 'input_required',
    requestState: text,
    inputRequests: { [text]: { method: 'elicitation/create', params: { message: text } } },
  });
const shown = (uri: string): string => `clarity://a/${uri}`;
const toolOf = (text: string): Record<string, unknown> => ({
  name: text,
  description: text,
  inputSchema: { type: 'object', properties: { [text]: { description: text, pattern: text, $ref: text } } },
});

/** Every function of the gateway and of manifests that reads text from outside, with the tokens of its syntax. */
const FUNCTIONS: Readonly<Record<string, Row>> = {
  'URIs of services': [
    (text) => [
      fromServiceUri(`clarity://a/${text}`),
      toServiceUri({ namespace: 'a', uri: text }),
      toServiceTemplate('a', text),
    ],
    [...URL_TOKENS, '{a}', '{+a}', '{', '}'],
  ],
  matchesTemplate: [
    (text) => [matchesTemplate('x://{a}/{b}/{c}', `x://${text}`), matchesTemplate(text, 'x://a/b')],
    ['/', '{a}', '{'],
  ],
  withShownUris: [
    (text) =>
      withShownUris(
        RawJson.of({ contents: [{ uri: text, text }], content: [{ type: 'resource_link', uri: text }] }),
        shown,
      ),
    JSON_TOKENS,
  ],
  withShownDefinition: [
    (text) => withShownDefinition(RawJson.of({ ...toolOf(text), _meta: { ui: { resourceUri: text } } }), shown),
    JSON_TOKENS,
  ],
  questions: [
    (text) => [
      namedInputRequests({ namespace: 'a' }, { result: asking(text) }),
      countedRound({
        method: 'tools/call',
        params: new Map([['requestState', RawJson.of(`clarity-asked-1:${text}`)]]),
      }),
    ],
    ['clarity-asked-', ':', '"', '\\'],
  ],
  JsonEdits: [
    (text) => {
      const bytes = encoder.encode(JSON.stringify({ [text]: [text] }));
      const edits = new JsonEdits(bytes);
      for (const at of edits.members(edits.root).values()) edits.items(at);
    },
    JSON_TOKENS,
  ],
  modelProblems: [(text) => modelProblems({ name: text, definition: toolOf(text) }), ['#/', '/', '~1', '%2']],
  repairForModels: [(text) => repairForModels(RawJson.of(toolOf(text))), ['#/', '/', '~1', '%2']],
  // Its only caller cuts the text first.
  transliterate: [(text) => transliterate(text.slice(0, 256)), ['é', 'ß', 'е', '_']],
  'URLs of manifests': [
    (text) => {
      const { spec } = manifestOf(text);
      without(() => maskedUrl(text));
      without(() => maskedUrl(`https://h/${text}`));
      without(() => shortLocation(text));
      without(() => configuredValues(spec.origin, { url: 'endpoint' }));
      without(() => remote(`https://h/${text}`));
      without(() => manifestReferences(manifestOf(text)));
      without(() => placeholderWarnings(manifestOf(text)));
      without(() => trustedService({ serviceId: 'a', namespace: 'a', manifest: manifestOf(text) } as never));
      without(() => parseManifest(manifestOf(text)));
    },
    [...URL_TOKENS, 'token', 'api_key=', '${'],
  ],
  'names of secrets': [
    (text) => {
      without(() => parseAuthRef(text));
      without(() => parseAuthRef(`header_env:${text}`));
      without(() => toScopeHost(text));
      isSecretName(text);
      secretValueProblem(text);
      headerValueProblem(text);
      isPublicValue(text);
      isTokenLike(text);
    },
    ['file:', '/', '.', ':', 'a1', 'https://', '-', 'v1.'],
  ],
};

test.each(Object.keys(FUNCTIONS))('T-414 R01 %s need time linear in hostile text', (name) => {
  const [run, tokens] = FUNCTIONS[name] ?? [];
  expect(run).toBeDefined();
  const { ms, text } = run === undefined ? { ms: 0, text: '' } : expectLinear(run, tokens ?? [], LENGTH);
  if (LENGTH > 1 << 19) process.stderr.write(`${name}: at most ${ms.toFixed(0)} ms, for ${text}\n`);
});
