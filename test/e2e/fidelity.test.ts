import { expect, test } from '@jest/globals';
import type { RawJson } from '@clarity-runtime/core';
import { scanItems, strictMembers } from '@clarity-runtime/core/protocol';
import { startClarityd } from '../support/clarityd.ts';
import { legacyEverything } from '../support/everything/legacy.ts';
import { modernEverything } from '../support/everything/modern.ts';
import { legacyRawClient, modernRawClient, type RawAnswer, type RawClient } from '../support/raw-client.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

type Request = readonly [method: string, params?: Readonly<Record<string, unknown>>];

const call = (name: string, args: object = {}): Request => ['tools/call', { name, arguments: args }];

const requests: readonly Request[] = [
  call('test_simple_text'),
  call('test_image_content'),
  call('test_audio_content'),
  call('test_embedded_resource'),
  call('test_multiple_content_types'),
  call('test_error_handling'),
  call('test_tool_with_progress'),
  call('test_tool_with_logging'),
  call('extra_structured', { n: 9 }),
  call('extra_error'),
  call('extra_echo', { text: 'é 漢字 \u{1f600} \u2028', list: [1.5, null, { deep: [] }], '': 0 }),
  ['resources/read', { uri: 'test://static-text' }],
  ['resources/read', { uri: 'test://static-binary' }],
  ['resources/read', { uri: 'test://template/7/data' }],
  ['prompts/get', { name: 'test_simple_prompt' }],
  ['prompts/get', { name: 'test_prompt_with_arguments', arguments: { arg1: 'one', arg2: 'two' } }],
  ['prompts/get', { name: 'test_prompt_with_embedded_resource', arguments: { resourceUri: 'test://example' } }],
  ['prompts/get', { name: 'test_prompt_with_image' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'test_simple_prompt' }, argument: { name: 'a', value: 'b' } },
  ],
];

const lists: readonly (readonly [method: string, member: string])[] = [
  ['tools/list', 'tools'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
  ['prompts/list', 'prompts'],
];

/** Members that the gateway adds to a result. */
const OWN = new Set(['resultType', 'ttlMs', 'cacheScope']);
const IDENTITY = 'io.modelcontextprotocol/serverInfo';

const members = (text: string): Map<string, RawJson> =>
  strictMembers(new TextEncoder().encode(text)) ?? new Map<string, RawJson>();

/** Returns the raw members of a result, without those that the gateway adds. */
function content({ result, error }: RawAnswer): Record<string, string> {
  if (result === undefined) throw new Error(`there is no result, but ${String(error)}`);
  const meta = members(members(result).get('_meta')?.text ?? '{}');
  meta.delete(IDENTITY);
  const own = [...members(result)].filter(([name]) => !OWN.has(name) && name !== '_meta');
  return Object.fromEntries([...own, ...meta].map(([name, { text }]) => [name, text]));
}

const entries = (answer: RawAnswer, member: string): readonly string[] =>
  (scanItems(new TextEncoder().encode(content(answer)[member]), 1_000) ?? []).map(({ text }) => text).toSorted();

interface Road {
  readonly direct: RawClient;
  readonly through: RawClient;
}

async function onEachRoad(use: (roads: Readonly<Record<'modern' | 'legacy' | 'bridged', Road>>) => Promise<void>) {
  await using workspace = await temporaryWorkspace();
  await using modern = await modernEverything();
  await using legacy = await legacyEverything();
  await using daemon = await startClarityd({ cwd: workspace.path });
  for (const [module, { url }] of Object.entries({ modern, legacy }))
    await daemon.json('add-remote', '--endpoint', url, '--module', module);
  const direct = await legacyRawClient(legacy.url);
  await use({
    modern: { direct: modernRawClient(modern.url), through: modernRawClient(`${daemon.url}/mcp/modern`) },
    legacy: { direct, through: await legacyRawClient(`${daemon.url}/mcp/legacy`) },
    bridged: { direct, through: modernRawClient(`${daemon.url}/mcp/legacy`) },
  });
}

test('a service endpoint returns modern results byte for byte and legacy results member for member', async () => {
  await onEachRoad(async ({ modern, legacy, bridged }) => {
    for (const request of requests) {
      const [direct, through] = [await modern.direct.request(...request), await modern.through.request(...request)];
      expect([request, through]).toEqual([request, direct]);
      expect(direct.result).toEqual(expect.any(String));
      for (const road of [legacy, bridged]) {
        const own = content(await road.direct.request(...request));
        expect([request, content(await road.through.request(...request))]).toEqual([request, own]);
      }
    }
    const { result } = await modern.through.request('tools/call', { name: 'extra_structured', arguments: {} });
    for (const digits of ['900719925474099301', '1.50000000000e+002', '-0.0 ', 'fromTheFuture'])
      expect(result).toContain(digits);
    for (const road of [modern, legacy, bridged]) {
      for (const [method, member] of lists) {
        const own = entries(await road.direct.request(method), member);
        expect(own.length).toBeGreaterThan(0);
        expect([method, entries(await road.through.request(method), member)]).toEqual([method, own]);
      }
    }
  });
});
