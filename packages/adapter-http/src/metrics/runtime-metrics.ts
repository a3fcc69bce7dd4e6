import { CALL_OUTCOMES } from '@clarity-runtime/core/internal';
import { alone, byName, counter, gauge, type Metric } from './metric.ts';

/** The runtime itself: its calls, its journal, its edge, its worker threads. */
export const runtimeFigures: readonly Metric[] = [
  gauge('clarity_build_info', 'Always 1; the version of the runtime and of Node.js stand in its labels.', {
    labels: ['version', 'node'],
    read: ({ instance }) => [{ labels: { version: instance.version, node: process.versions.node }, value: 1 }],
  }),
  gauge('clarity_uptime_seconds', 'Seconds that the runtime has been served.', {
    read: alone(({ uptimeSeconds }) => uptimeSeconds),
  }),
  counter('clarity_calls_total', 'Calls of tools that have ended, by service and outcome: ok, tool_error, error.', {
    labels: ['service', 'outcome'],
    read: ({ measures }) =>
      measures.calls.flatMap(({ namespace, outcomes }) =>
        CALL_OUTCOMES.map((outcome) => ({ labels: { service: namespace, outcome }, value: outcomes[outcome] })),
      ),
  }),
  counter('clarity_call_refusals_total', 'Calls that a policy did not let through, by the rule that they broke.', {
    labels: ['rule'],
    read: ({ measures }) => byName('rule', measures.refusals),
  }),
  counter('clarity_bound_refusals_total', 'What the bounds have cut off or refused, by bound.', {
    labels: ['bound'],
    read: ({ measures }) => byName('bound', measures.bounds),
  }),
  counter('clarity_http_refusals_total', 'Requests that were refused before they were served, by error code.', {
    labels: ['code'],
    read: ({ edge }) => byName('code', edge.refusals),
  }),
  counter('clarity_audit_events_total', 'Entries of the audit, by kind.', {
    labels: ['kind'],
    read: ({ measures }) => byName('kind', measures.events),
  }),
  gauge('clarity_mcp_sessions', 'Sessions of legacy MCP clients that are held in memory.', {
    read: alone(({ edge }) => edge.mcpSessions),
  }),
  gauge('clarity_mcp_streams', 'Streams of MCP clients that are open.', {
    read: alone(({ edge }) => edge.mcpStreams),
  }),
  gauge('clarity_event_streams', 'Streams of /api/events that are open.', {
    read: alone(({ edge }) => edge.eventStreams),
  }),
  gauge('clarity_journal_bytes', 'Bytes of the journal since it was last folded into its checkpoint.', {
    read: alone(({ measures }) => measures.journal.bytes),
  }),
  gauge('clarity_journal_last_sequence', 'Number of the newest event.', {
    read: alone(({ measures }) => measures.journal.lastSeq),
  }),
  gauge('clarity_journal_dropped_before_sequence', 'Every event with a smaller number was dropped for room.', {
    read: alone(({ measures }) => measures.journal.droppedBefore),
  }),
  counter('clarity_journal_unwritten_total', 'Entries and log lines that were served and not kept.', {
    read: alone(({ measures }) => measures.journal.unwritten),
  }),
  gauge('clarity_storage_state', 'Always 1; how the store does stands in its label: up, degraded, read-only.', {
    labels: ['state'],
    read: ({ storage }) => [{ labels: { state: storage.state }, value: 1 }],
  }),
  gauge('clarity_wasm_workers', 'Worker threads for WebAssembly that are alive.', {
    read: alone(({ workers }) => workers?.live),
  }),
  gauge('clarity_wasm_workers_wedged', 'Worker threads that were told to end and have not.', {
    read: alone(({ workers }) => workers?.wedged),
  }),
  gauge('clarity_wasm_modules_waiting', 'Modules that wait for a worker thread.', {
    read: alone(({ workers }) => workers?.waiting),
  }),
];
