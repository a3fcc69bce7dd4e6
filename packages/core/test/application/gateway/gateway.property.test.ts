import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { rawParams } from '../../support/fake-upstream.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

/** Values for which `String` throws, or that are equal to a valid text as text. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    { toString: 1 },
    [{ toString: null }],
    { valueOf: 1, toString: 1 },
    { toJSON: 1 },
    { then: 1 },
  ),
  fc.constantFrom<unknown>(null, [], {}, '', 0, true, ['input_required'], ['x:1'], 'x:1', 'ui://p'),
  fc.jsonValue({ maxDepth: 2 }),
);
const item = fc.oneof(
  odd,
  fc.dictionary(
    fc.constantFrom(
      'type',
      'uri',
      'resource',
      'text',
      'name',
      'method',
      'params',
      'role',
      'content',
      '_meta',
      'mimeType',
    ),
    fc.oneof(odd, fc.constantFrom('resource_link', 'resource', 'elicitation/create', 'roots/list')),
    { maxKeys: 5 },
  ),
);
const result = fc.oneof(
  odd,
  fc.dictionary(
    fc.constantFrom(
      ...['content', 'contents', 'messages', 'structuredContent', 'isError', '_meta', 'completion', 'task', 'taskId'],
      ...['resultType', 'inputRequests', 'requestState'],
    ),
    fc.oneof(item, fc.array(item, { maxLength: 2 }), fc.dictionary(fc.string(), item, { maxKeys: 2 })),
    { maxKeys: 5 },
  ),
);

const REQUESTS = [
  { method: 'tools/call', params: { name: 'a__t', arguments: {} } },
  { method: 'resources/read', params: { uri: 'x:1' } },
  { method: 'prompts/get', params: { name: 'a__p' } },
  {
    method: 'completion/complete',
    params: { ref: { type: 'ref/prompt', name: 'a__p' }, argument: { name: 'q', value: '' } },
  },
] as const;

test.each(['legacy', 'modern'] as const)(
  'Q35 law: whatever a %s service returns or reports, the client has a reply and the next request is served',
  async (serviceEra) => {
    const { upstream, runtime, run } = await withUpstream();
    upstream.era = serviceEra;
    upstream.lists.set('a tools', '[{"name":"t"}]');
    upstream.lists.set('a resources', '[{"uri":"x:1","name":"r"}]');
    upstream.lists.set('a prompts', '[{"name":"p"}]');
    await run('a');
    const capabilities = { elicitation: {}, roots: {}, extensions: { 'io.modelcontextprotocol/ui': {} } };
    const clients = (['legacy', 'modern'] as const).map((era) => new TestClient(runtime, { era, capabilities }));
    const methods = fc.constantFrom('progress', 'message', 'resources/updated', 'tasks/status', 'cancelled', 'x');
    const notices = fc.array(
      fc.record({
        method: methods,
        params: fc.dictionary(
          fc.constantFrom('progressToken', 'progress', 'level', 'data', 'uri', 'taskId', 'requestId'),
          odd,
        ),
      }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(result, notices, fc.constantFrom(...REQUESTS), async (returned, said, { method, params }) => {
        for (const client of clients) {
          upstream.answer = (_request, exchange, { events }) => {
            for (const { method: of, params: members } of said) {
              const notification = { method: `notifications/${of}`, params: rawParams(members) };
              exchange.onNotification(notification);
              events.onNotification?.(notification);
            }
            return Promise.resolve({ result: RawJson.of(returned) });
          };
          const answer = await client.request(method, params);
          if ('error' in answer) {
            // Words of an unexpected exception.
            expect(answer.error.message).not.toMatch(
              /Cannot|undefined|not a function|unexpected|connection failed|internal error/,
            );
          }
          upstream.answer = () => Promise.resolve({ result: RawJson.of({ content: [] }) });
          expect(await client.request('tools/call', REQUESTS[0].params)).toMatchObject({ result: {} });
        }
      }),
      { numRuns: 150 },
    );
    await runtime.close();
  },
);
