import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Secret } from '@clarity-runtime/core';
import type { Connection } from '@clarity-runtime/core/ports';
import { FAULTS, failing, HUGE, type FaultName } from '../../support/faults.ts';
import { mcpUpstream, type McpUpstream } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, listener, valueOf } from '../../support/remote-service.ts';

const SECRET = 'hunter2/"and"+more';
const eras = ['legacy', 'modern'] as const;
let fault: FaultName | undefined;
let written = 0;
const heard = listener();
const upstreams: McpUpstream[] = [];
const connections = new Map<string, Connection>();

beforeAll(async () => {
  for (const era of eras) {
    const upstream = await mcpUpstream({
      era,
      handle: (received, response, request) => {
        response.on('close', () => {
          written = request.socket.bytesWritten;
        });
        return failing(() => fault)(received, response, request);
      },
    });
    upstreams.push(upstream);
    const credential = { secret: new Secret(SECRET), header: { name: 'Authorization', bearer: true } };
    const options = { credentials: () => Promise.resolve(credential), limits: { noticeMs: 500 } };
    connections.set(era, await connectTo(upstream.url, { authRef: 'env:X', events: heard, options }));
  }
});

afterAll(async () => {
  for (const connection of connections.values()) await connection.close('done');
  for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
});

/** Runs a call with a fault, then one without, which must succeed. */
async function suffer(era: string, name: FaultName, over: Parameters<typeof callTool>[2] = {}) {
  const connection = connections.get(era);
  if (connection === undefined) throw new Error('not connected');
  fault = name;
  const outcome = await callTool(connection, 'echo', over).then(valueOf, (error: unknown) => error);
  fault = undefined;
  const next = await callTool(connection, 'echo', { args: { text: 'still here' } });
  expect(valueOf(next)).toMatchObject({ content: [{ text: 'still here' }] });
  return outcome as Error & { code: string };
}

const table: readonly (readonly [id: string, name: FaultName, code: string])[] = [
  ['U01', 'hang', 'CALL_TIMED_OUT'],
  ['U02', 'hanghead', 'CALL_TIMED_OUT'],
  ['U03', 'drip', 'CALL_TIMED_OUT'],
  ['U04', 'ssedrip', 'CALL_TIMED_OUT'],
  ['U05', 'hugecl', 'PAYLOAD_TOO_LARGE'],
  ['U06', 'hugechunk', 'PAYLOAD_TOO_LARGE'],
  ['U06', 'hugeevent', 'PAYLOAD_TOO_LARGE'],
  ['U07', 'gzip', 'UPSTREAM_PROTOCOL'],
  ['U08', 'badjson', 'UPSTREAM_PROTOCOL'],
  ['U09', 'empty', 'UPSTREAM_PROTOCOL'],
  ['U09', 'accepted', 'UPSTREAM_PROTOCOL'],
  ['U10', 'jnull', 'UPSTREAM_PROTOCOL'],
  ['U11', 'html', 'UPSTREAM_PROTOCOL'],
  ['U13', 'wrongid', 'UPSTREAM_PROTOCOL'],
  ['U14', 'noresult', 'UPSTREAM_PROTOCOL'],
  ['U14', 'scalarresult', 'UPSTREAM_PROTOCOL'],
  ['U15', 'both', 'UPSTREAM_PROTOCOL'],
  ['U15', 'twice', 'UPSTREAM_PROTOCOL'],
  ['U16', 'reset', 'UPSTREAM_LOST'],
  ['U16', 'cut', 'UPSTREAM_LOST'],
  ['U16', 'nothing', 'UPSTREAM_LOST'],
  ['U17', 'deepresult', 'UPSTREAM_PROTOCOL'],
];

for (const era of eras) {
  test.each(table)(
    `%s a response with fault '%s' fails its call with %s and no other call: ${era}`,
    async (_, name, code) => {
      expect(await suffer(era, name, { totalMs: code === 'CALL_TIMED_OUT' ? 150 : 30_000 })).toMatchObject({
        code,
      });
      // A result with media may have 16 MiB, so that no fault is known before.
      if (name.startsWith('huge')) expect(written).toBeLessThan(HUGE / 2);
    },
  );

  test.each(['arr', 'textid'] as const)(`U12 Q09 Q12 a response with oddity '%s' is read: ${era}`, async (name) => {
    expect(await suffer(era, name)).toMatchObject({ content: [{ text: 'x' }] });
  });

  test(`U18 an error of the service keeps its code, and its text is truncated and sanitized: ${era}`, async () => {
    const error = (await suffer(era, 'ansi')) as unknown as { code: number; message: string; data: unknown };
    expect(error).toMatchObject({ code: -32000, data: { note: 'kept' } });
    expect(error.message).toMatch(/^FAKE LINEA+…$/);
    expect(error.message.length).toBeLessThan(2_100);
  });

  test(`U19 the body of an error status becomes one printable line: ${era}`, async () => {
    const error = await suffer(era, 'fakelog');
    expect(error).toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(error.message).toMatch(/^[ -~]*HTTP 500: FAKE LOG LINE$/);
  });

  test(`U20 a credential in a response is redacted in errors, replies and logs: ${era}`, async () => {
    const refused = await suffer(era, 'reflect401');
    expect(refused).toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    const answered = await suffer(era, 'reflectrpc');
    for (const said of [refused.message, JSON.stringify(refused), JSON.stringify(answered), heard.lines.join()]) {
      expect(said).not.toContain('hunter2');
    }
    expect(JSON.stringify(answered)).toContain('[redacted]');
  });

  test(`U21 a result with dangerous member names is passed on unchanged and has no effect: ${era}`, async () => {
    const outcome = await suffer(era, 'polluting');
    expect(Object.keys(outcome)).toContain('__proto__');
    expect({}).not.toHaveProperty('polluted');
  });

  test(`T-265 T-268 requests and cancellations in a response stream affect no call: ${era}`, async () => {
    let asked = 0;
    const onRequest = () => {
      asked += 1;
      return Promise.reject(new Error('asked'));
    };
    expect(await suffer(era, 'asks', { onRequest })).toMatchObject({ content: [{ text: 'x' }] });
    expect(asked).toBe(0);
  });
}

test('every fault has a test', () => {
  const provoked = [
    ...table.map(([, name]) => name),
    'ansi',
    'fakelog',
    'reflect401',
    'reflectrpc',
    'polluting',
    'asks',
    'arr',
    'textid',
  ];
  expect(Object.keys(FAULTS).filter((name) => !provoked.includes(name))).toEqual([]);
});
