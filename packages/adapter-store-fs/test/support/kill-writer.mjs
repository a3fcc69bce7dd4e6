/**
 * Writes to the stores of a workspace until it is killed. Prints one line per confirmed write: `committed <name>`,
 * `recorded <name>`, `log <name>` or `put <name>`.
 */
import { createHash } from 'node:crypto';
import { argv, stdout } from 'node:process';
import { setImmediate } from 'node:timers';
import { openFsStore } from '@clarity-runtime/adapter-store-fs';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';

const [, , root, round] = argv;
const { telemetry, registry } = await openFsStore({ root });
const say = (what, name) => stdout.write(`${what} ${name}\n`);
const recordOf = (name) => ({
  ...sampleRecord(name),
  serviceId: `svc_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`,
});
const event = (kind, message) => ({ at: new Date().toISOString(), kind, level: 'info', message });

async function writer(number) {
  for (let i = 0; ; i += 1) {
    const name = `r${round}-w${number}-${i}`;
    if (number === 0) {
      await registry.put('default', recordOf(name), 'any', sampleWrite(name));
      say('put', name);
    } else if (number === 1) {
      await telemetry.log('default', 's', [name]);
      say('log', name);
    } else {
      const kind = number % 2 === 0 ? 'service.started' : 'service.tool_called';
      await telemetry.append('default', [event(kind, name)]);
      say(number % 2 === 0 ? 'committed' : 'recorded', name);
    }
    // One turn of the event loop, so that recorded writes do not starve the others.
    await new Promise((turn) => setImmediate(turn));
  }
}
say('ready', 'now');
await Promise.all(Array.from({ length: 6 }, (_, number) => writer(number)));
