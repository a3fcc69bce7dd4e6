import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, RawJson, type McpReply } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { watchEvents } from '../support/event-client.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { ask, post } from '../support/http-client.ts';
import { modern, openSession, postMcp, postModern, legacy } from '../support/mcp-client.ts';
import { scrape } from '../support/scrape.ts';
import { until } from '../support/until.ts';

let daemon: Daemon;

beforeEach(async () => {
  daemon = await startDaemon({ workers: () => ({ live: 3, wedged: 1, waiting: 2 }) });
});

afterEach(() => daemon[Symbol.asyncDispose]());

const call = (name: string): Promise<unknown> => postModern(daemon, modern('tools/call', { name, arguments: {} }));

async function running(module: string): Promise<string> {
  const id = await daemon.register(module);
  await post(daemon, `/api/services/${id}/start`);
  return id;
}

const failed: McpReply = { result: RawJson.of({ content: [], isError: true }), isError: true };
const refused: McpReply = { error: { code: -32_050, message: 'no' } };

test('/metrics counts calls by service and outcome, and their duration in buckets', async () => {
  await running('calc');
  await running('other');
  for (const reply of [undefined, undefined, failed, refused]) {
    if (reply !== undefined) daemon.connector.answer = () => Promise.resolve(reply);
    await call('calc__add');
  }
  const seen = await scrape(daemon);
  const count = (outcome: string): unknown => seen.get(`clarity_calls_total{service="calc",outcome="${outcome}"}`);
  expect([count('ok'), count('tool_error'), count('error')]).toEqual([2, 1, 1]);
  const buckets = [...seen].filter(([name]) => name.startsWith('clarity_call_duration_seconds_bucket{service="calc"'));
  expect(buckets).toHaveLength(16);
  const counts = buckets.map(([, value]) => value);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(4);
  expect(seen.get('clarity_call_duration_seconds_count{service="calc"}')).toBe(4);
  expect(seen.get('clarity_call_duration_seconds_sum{service="calc"}')).toBeGreaterThan(0);
  expect(seen.has('clarity_calls_total{service="other",outcome="ok"}')).toBe(false);
});

test('/metrics counts calls in progress and waiting calls by service', async () => {
  const { spec, ...rest } = manifestOf('slow');
  const manifest = { ...rest, spec: { ...spec, policy: { maxConcurrency: 1, queue: 5 } } };
  const { service } = await daemon.runtime.services.apply(embeddedCaller, manifest);
  await post(daemon, `/api/services/${service.serviceId}/start`);
  let release = (): void => undefined;
  const held = new Promise<McpReply>((resolve) => {
    release = () => {
      resolve({ result: RawJson.of({ content: [] }) });
    };
  });
  daemon.connector.answer = () => held;
  const calls = [call('slow__add'), call('slow__add'), call('slow__add')];
  const load = () => daemon.runtime.services.get(embeddedCaller, service.serviceId).calls;
  await until(() => load().inFlight === 1 && load().waiting === 2);
  const seen = await scrape(daemon);
  expect(seen.get('clarity_calls_in_flight{service="slow"}')).toBe(1);
  expect(seen.get('clarity_calls_queued{service="slow"}')).toBe(2);
  release();
  await Promise.all(calls);
  const after = await scrape(daemon);
  expect(after.get('clarity_calls_in_flight{service="slow"}')).toBe(0);
  expect(after.get('clarity_calls_queued{service="slow"}')).toBe(0);
});

test('/metrics counts policy denials by rule and HTTP rejections by code', async () => {
  const { spec, ...rest } = manifestOf('calc');
  const manifest = { ...rest, spec: { ...spec, policy: { maxRequestBytes: 1_024 } } };
  const { service } = await daemon.runtime.services.apply(embeddedCaller, manifest);
  await post(daemon, `/api/services/${service.serviceId}/start`);
  const args = { text: 'x'.repeat(2_000) };
  await postModern(daemon, modern('tools/call', { name: 'calc__add', arguments: args }));
  await ask(daemon, '/api/nothing');
  await ask(daemon, '/api/services/svc_none');
  await ask(daemon, '/api/services/svc_none');
  const seen = await scrape(daemon);
  expect(seen.get('clarity_call_refusals_total{rule="maxRequestBytes"}')).toBe(1);
  expect(seen.get('clarity_http_refusals_total{code="ROUTE_NOT_FOUND"}')).toBe(1);
  expect(seen.get('clarity_http_refusals_total{code="SERVICE_NOT_FOUND"}')).toBe(2);
});

test('/metrics reports services by lifecycle and health, restarts, failed starts and quarantines', async () => {
  const id = await running('calc');
  await daemon.register('idle');
  await post(daemon, `/api/services/${id}/restart`);
  const broken = await daemon.register('broken');
  daemon.connector.failure = new Error('no');
  for (let i = 0; i < 5; i += 1) await post(daemon, `/api/services/${broken}/start`);
  const seen = await scrape(daemon);
  expect(seen.get('clarity_services_by_lifecycle{lifecycle="RUNNING"}')).toBe(1);
  expect(seen.get('clarity_services_by_lifecycle{lifecycle="REGISTERED"}')).toBe(1);
  expect(seen.get('clarity_services_by_lifecycle{lifecycle="QUARANTINED"}')).toBe(1);
  expect(seen.get('clarity_services_by_health{health="HEALTHY"}')).toBe(1);
  expect(seen.get('clarity_services_by_health{health="UNAUTHORIZED"}')).toBe(0);
  expect(seen.get('clarity_service_up{service="calc",origin="local_wasm"}')).toBe(1);
  expect(seen.get('clarity_service_up{service="broken",origin="local_wasm"}')).toBe(0);
  expect(seen.get('clarity_service_restarts_total{service="calc"}')).toBe(1);
  expect(seen.get('clarity_service_start_failures_total')).toBe(5);
  expect(seen.get('clarity_service_quarantines_total')).toBe(1);
  expect(seen.get('clarity_audit_events_total{kind="service.restarted"}')).toBe(1);
});

test('/metrics has no series of a removed service', async () => {
  const id = await running('calc');
  await call('calc__add');
  expect([...(await scrape(daemon)).keys()].some((name) => name.includes('"calc"'))).toBe(true);
  await ask(daemon, `/api/services/${id}`, { method: 'DELETE' });
  expect([...(await scrape(daemon)).keys()].filter((name) => name.includes('"calc"'))).toEqual([]);
});

test('/metrics counts open sessions and streams', async () => {
  const headers = await openSession(daemon);
  await postMcp(daemon, legacy('ping', {}), { headers });
  const stop = new AbortController();
  await fetch(`${daemon.url}/mcp`, { headers: { ...headers, accept: 'text/event-stream' }, signal: stop.signal });
  {
    await using events = await watchEvents(daemon);
    expect(events.response.status).toBe(200);
    const seen = await scrape(daemon);
    expect(seen.get('clarity_mcp_sessions')).toBe(1);
    expect(seen.get('clarity_mcp_streams')).toBe(1);
    expect(seen.get('clarity_event_streams')).toBe(1);
  }
  stop.abort();
  let left: readonly unknown[] = [];
  const look = async (): Promise<boolean> => {
    const seen = await scrape(daemon);
    left = [seen.get('clarity_mcp_streams'), seen.get('clarity_event_streams')];
    return left.every((value) => value === 0);
  };
  for (let tries = 0; tries < 500 && !(await look()); tries += 1);
  expect(left).toEqual([0, 0]);
});

test('/metrics reports the runtime, its journal, its process and its workers', async () => {
  const id = await running('calc');
  const { version } = daemon.runtime.instance;
  const newest = (await daemon.runtime.audit.recent(embeddedCaller, { limit: 1, serviceId: id }))[0]?.seq;
  const seen = await scrape(daemon);
  expect(seen.get(`clarity_build_info{version="${version}",node="${process.versions.node}"}`)).toBe(1);
  expect(seen.get('clarity_uptime_seconds')).toBeGreaterThan(0);
  expect(seen.get('clarity_journal_last_sequence')).toBe(newest);
  expect(seen.get('clarity_journal_dropped_before_sequence')).toBe(1);
  expect(seen.get('clarity_journal_unwritten_total')).toBe(0);
  expect(seen.get('clarity_storage_state{state="up"}')).toBe(1);
  expect(seen.get('clarity_wasm_workers')).toBe(3);
  expect(seen.get('clarity_wasm_workers_wedged')).toBe(1);
  expect(seen.get('clarity_wasm_modules_waiting')).toBe(2);
  expect(seen.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(seen.get('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(Math.abs((seen.get('process_start_time_seconds') ?? 0) - performance.timeOrigin / 1000)).toBeLessThan(1);
  if (process.platform === 'linux') expect(seen.get('process_open_fds')).toBeGreaterThan(3);
});

test('/metrics reports a blocked event loop once, in the next response', async () => {
  const longest = 'clarity_event_loop_delay_seconds{stat="max"}';
  expect((await scrape(daemon)).has(longest)).toBe(false);
  const told = async (isIt: (seconds: number) => boolean): Promise<number> => {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const seconds = (await scrape(daemon)).get(longest);
      if (seconds !== undefined && isIt(seconds)) return seconds;
    }
    throw new Error('the delay was never reported');
  };
  const blockedUntil = performance.now() + 1_000;
  while (performance.now() < blockedUntil);
  const blocked = await told((seconds) => seconds > 0.8);
  expect(await told(() => true)).toBeLessThan(blocked);
});

test('two runtimes in one process have separate metrics', async () => {
  await using other = await startDaemon();
  await running('calc');
  await call('calc__add');
  expect((await scrape(other)).get('clarity_services_by_lifecycle{lifecycle="RUNNING"}')).toBe(0);
  expect([...(await scrape(other)).keys()].filter((name) => /"calc"|wasm/.test(name))).toEqual([]);
  expect((await scrape(daemon)).get('clarity_calls_total{service="calc",outcome="ok"}')).toBe(1);
});

test('/metrics and all paths below it are protected like the API', async () => {
  await using guarded = await startDaemon({ token: 'correct-horse-battery-staple' });
  for (const path of ['/metrics', '/metrics/', '/metrics/x', '/api/openapi.json']) {
    expect(await ask(guarded, path)).toMatchObject({ status: 401, body: { code: 'TOKEN_REQUIRED' } });
  }
  const headers = { authorization: 'Bearer correct-horse-battery-staple' };
  expect((await scrape(guarded, headers)).get('clarity_http_refusals_total{code="TOKEN_REQUIRED"}')).toBe(4);
  expect((await ask(guarded, '/metrics/x', { headers })).status).toBe(404);
  const foreign = { ...headers, origin: 'https://evil.example' };
  expect(await ask(guarded, '/metrics', { headers: foreign })).toMatchObject({ status: 403 });
  const answer = await fetch(`${guarded.url}/metrics`, { headers });
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});
