/** A daemon without services, its calls and its audit log, for the soaks of shortages. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';
import { fileURLToPath, URL } from 'node:url';
import { startDaemon } from './soak-kill-requests.mjs';

export const clarityd = fileURLToPath(new URL('../packages/cli/bin/clarityd.js', import.meta.url));
const TOOL = 'runtime__status_summary';

/** Starts a daemon by a command line. `call` calls a control tool over `/mcp` and resolves to true with a result; `state` returns its storage state. */
export async function daemonOf(command, folder) {
  const running = await startDaemon(command, folder);
  const json = async (path, init) => (await globalThis.fetch(running.url + path, init)).json();
  return {
    ...running,
    // The reply is JSON or a stream of events.
    call: async () =>
      (await (await globalThis.fetch(`${running.url}/mcp`, callRequest())).text()).includes('"result":'),
    state: async () => (await json('/api/status')).storage,
    calls: async () => (await json('/api/audit?kind=service.tool_called&limit=2000')).items.length,
    end: async (signal = 'SIGTERM') => {
      running.child.kill(signal);
      await running.exited;
    },
  };
}

function callRequest() {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1.0.0' },
  };
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': TOOL,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: TOOL, arguments: {}, _meta } }),
  };
}

/** Milliseconds until `check` resolves to true. Rejects after `limitMs`. */
export async function timeUntil(check, limitMs) {
  const from = performance.now();
  while (!(await check().catch(() => false))) {
    if (performance.now() - from > limitMs) throw new Error(`not within ${String(limitMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Math.round(performance.now() - from);
}

/** Runs a program to its end; resolves to its exit code. */
export const run = (program, args) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => resolve(code ?? -1));
  });
