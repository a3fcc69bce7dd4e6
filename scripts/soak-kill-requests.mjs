/** Requests of the soak and the start of a daemon. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Buffer } from 'node:buffer';
import { setTimeout } from 'node:timers';

const START_MS = 15_000;
const json = { 'content-type': 'application/json' };

/** A module with one function, `f`, that returns 1. */
export const MODULE = Buffer.from('0061736d010000000105016000017f03020100070501016600000a0601040041010b', 'hex');

/** Concurrent callers. Each has its own tool, so that its events can be counted. */
export const CALLERS = ['first', 'second'];

export const SOURCE = `module soak\n${CALLERS.map((name) => `\nfunction ${name}() -> Int64 {\n  1\n}\n`).join('')}`;

export const applyBody = (name, wasmPath) => ({
  method: 'POST',
  headers: json,
  body: JSON.stringify({
    manifest: {
      apiVersion: 'clarity.runtime/v1',
      kind: 'MCPService',
      metadata: { sourceFile: `/${name}.clarity`, module: name },
      spec: {
        origin: { type: 'local_wasm', wasmPath, entry: 'mcp_main' },
        enabled: true,
        autostart: false,
        policyRef: 'default',
        restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      },
    },
  }),
});

export function callOf(caller) {
  const name = `soak__fn__${CALLERS[caller]}`;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1.0.0' },
  };
  return {
    method: 'POST',
    headers: {
      ...json,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {}, _meta } }),
  };
}

/** Resolves when the daemon has started its services. `startedMs` is the time to the line with its address. */
export async function startDaemon([program, ...flags], root) {
  const from = performance.now();
  const child = spawn(program, [...flags, '--port', '0', '--workspace', root], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let text = '';
  try {
    const url = await new Promise((resolve, reject) => {
      const take = (bytes) => {
        text += String(bytes);
        const found = /https?:\/\/[\w.:[\]-]+:\d+/.exec(text);
        if (found !== null) resolve(found[0]);
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      void exited.then(([code]) => reject(new Error(`the daemon ended with ${String(code)}`)), reject);
      setTimeout(() => reject(new Error(`no address after ${String(START_MS)} ms`)), START_MS).unref();
    });
    const startedMs = performance.now() - from;
    while ((await globalThis.fetch(`${url}/readyz`)).status !== 200) {
      if (performance.now() - from > START_MS) throw new Error(`not ready after ${String(START_MS)} ms`);
    }
    return { child, exited, url, startedMs };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}: ${text}`, { cause: error });
  }
}
