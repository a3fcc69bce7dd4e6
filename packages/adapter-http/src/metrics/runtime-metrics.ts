import { CALL_OUTCOMES } from '@clarity-runtime/core/internal';
import { alone, byName, counter, gauge, type AuditExportLoad, type Metric } from './metric.ts';

const bySink =
  (read: (load: AuditExportLoad) => number): Metric['read'] =>
  ({ auditExports }) =>
    auditExports.map((load) => ({ labels: { sink: load.sink }, value: read(load) }));

/** Metrics of the runtime: calls, journal, HTTP server and worker threads. */
export const runtimeFigures: readonly Metric[] = [
  gauge('clarity_build_info', 'Versions of the runtime and of Node.js in the labels. The value is always 1.', {
    labels: ['version', 'node'],
    read: ({ instance }) => [{ labels: { version: instance.version, node: process.versions.node }, value: 1 }],
  }),
  gauge('clarity_uptime_seconds', 'Seconds since the start of the HTTP server.', {
    read: alone(({ uptimeSeconds }) => uptimeSeconds),
  }),
  counter('clarity_calls_total', 'Finished tool calls by service and outcome: ok, tool_error, error.', {
    labels: ['service', 'outcome'],
    read: ({ measures }) =>
      measures.calls.flatMap(({ namespace, outcomes }) =>
        CALL_OUTCOMES.map((outcome) => ({ labels: { service: namespace, outcome }, value: outcomes[outcome] })),
      ),
  }),
  counter('clarity_call_refusals_total', 'Tool calls that a policy refused, by rule.', {
    labels: ['rule'],
    read: ({ measures }) => byName('rule', measures.refusals),
  }),
  counter('clarity_bound_refusals_total', 'Refusals of limits, by name of the limit.', {
    labels: ['bound'],
    read: ({ measures }) => byName('bound', measures.bounds),
  }),
  counter('clarity_http_refusals_total', 'HTTP requests that were refused, by error code.', {
    labels: ['code'],
    read: ({ edge }) => byName('code', edge.refusals),
  }),
  counter('clarity_audit_events_total', 'Audit events by kind.', {
    labels: ['kind'],
    read: ({ measures }) => byName('kind', measures.events),
  }),
  gauge('clarity_mcp_sessions', 'Sessions of legacy MCP clients in memory.', {
    read: alone(({ edge }) => edge.mcpSessions),
  }),
  gauge('clarity_mcp_streams', 'Open streams of MCP clients.', {
    read: alone(({ edge }) => edge.mcpStreams),
  }),
  gauge('clarity_event_streams', 'Open streams of /api/events.', {
    read: alone(({ edge }) => edge.eventStreams),
  }),
  gauge('clarity_journal_bytes', 'Bytes of the journal since its last checkpoint.', {
    read: alone(({ measures }) => measures.journal.bytes),
  }),
  gauge('clarity_journal_last_sequence', 'Sequence number of the newest event.', {
    read: alone(({ measures }) => measures.journal.lastSeq),
  }),
  gauge('clarity_journal_dropped_before_sequence', 'Sequence number below which events were deleted for room.', {
    read: alone(({ measures }) => measures.journal.droppedBefore),
  }),
  counter('clarity_journal_unwritten_total', 'Audit events and log lines that could not be written to the journal.', {
    read: alone(({ measures }) => measures.journal.unwritten),
  }),
  gauge('clarity_storage_state', 'Storage state in label `state`: up or degraded. The value is always 1.', {
    labels: ['state'],
    read: ({ storage }) => [{ labels: { state: storage.state }, value: 1 }],
  }),
  gauge('clarity_wasm_workers', 'WebAssembly worker threads that are running.', {
    read: alone(({ workers }) => workers?.live),
  }),
  gauge(
    'clarity_wasm_workers_wedged',
    'WebAssembly worker threads that did not end after their termination was requested.',
    {
      read: alone(({ workers }) => workers?.wedged),
    },
  ),
  gauge('clarity_wasm_modules_waiting', 'WebAssembly modules that wait for a worker thread.', {
    read: alone(({ workers }) => workers?.waiting),
  }),
  gauge('clarity_audit_export_lag_events', 'Audit events that a destination does not have yet, by sink.', {
    labels: ['sink'],
    read: bySink(({ lag }) => lag),
  }),
  counter('clarity_audit_export_events_total', 'Audit events that a destination has received, by sink.', {
    labels: ['sink'],
    read: bySink(({ exported }) => exported),
  }),
  counter('clarity_audit_export_failures_total', 'Failed attempts to export audit events, by sink.', {
    labels: ['sink'],
    read: bySink(({ failures }) => failures),
  }),
  counter('clarity_audit_export_missed_total', 'Audit events that were dropped before their export, by sink.', {
    labels: ['sink'],
    read: bySink(({ missed }) => missed),
  }),
];
