/** A daemon that is killed while services are registered over its HTTP API and its audit is written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers';

const START_MS = 15_000;

/** The smallest module: it registers, and offers nothing. */
const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const manifestOf = (name, wasmPath) => ({
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
});

/** `round` starts it, writes until a random moment, kills it, starts it anew and asks what it knows. */
export function daemonWriter([program, ...flags], root) {
  let running;
  const wasmPath = join(root, 'empty.wasm');

  async function start() {
    const child = spawn(program, [...flags, '--port', '0', '--workspace', root], { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit');
    const url = await new Promise((resolve, reject) => {
      let text = '';
      const take = (bytes) => {
        text += String(bytes);
        const found = /https?:\/\/[\w.:[\]-]+:\d+/.exec(text);
        if (found !== null) resolve(found[0]);
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      void exited.then(([code]) => reject(new Error(`the daemon ended with ${String(code)}: ${text}`)));
      setTimeout(() => reject(new Error(`no address after ${String(START_MS)} ms: ${text}`)), START_MS).unref();
    });
    return { child, exited, url };
  }

  async function ask(path, body) {
    const answer = await globalThis.fetch(running.url + path, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  }

  async function end(signal = 'SIGTERM') {
    if (running === undefined) return;
    running.child.kill(signal);
    await running.exited;
    running = undefined;
  }

  async function round(number) {
    await writeFile(wasmPath, MODULE);
    running ??= await start();
    const answered = [];
    const enough = 4 + Math.floor(Math.random() * 120);
    let killed = false;
    let [enoughAnswers, writers] = [() => undefined, undefined];
    const writer = async (lane) => {
      for (let i = 0; !killed; i += 1) {
        const name = `k${String(number)}_${String(lane)}_${String(i)}`;
        try {
          await ask('/api/services/apply', { manifest: manifestOf(name, wasmPath) });
          answered.push(['put', name], ['committed', name]);
          if (answered.length >= enough) enoughAnswers();
        } catch (error) {
          if (!killed) throw error;
        }
      }
    };
    await new Promise((resolve, reject) => {
      enoughAnswers = resolve;
      writers = Promise.all([0, 1, 2, 3].map(writer));
      writers.catch(reject);
    });
    killed = true;
    await end('SIGKILL');
    await writers;
    running = await start();
    const { items: services } = await ask('/api/services');
    const { items: events } = await ask('/api/audit?limit=1000');
    const audited = new Set(events.map(({ serviceId }) => serviceId));
    const held = {
      put: services.map(({ namespace }) => namespace),
      // Events name a service by its id: there is one for every registration.
      committed: services.filter(({ serviceId }) => audited.has(serviceId)).map(({ namespace }) => namespace),
    };
    for (const { serviceId } of services) {
      await globalThis.fetch(`${running.url}/api/services/${serviceId}`, { method: 'DELETE' });
    }
    return { answered, held };
  }

  return { round, end };
}
