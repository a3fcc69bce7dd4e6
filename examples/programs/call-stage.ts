import { ClarityError, createContainer, embeddedCaller, PORT, createRuntime, type Caller } from '@clarity-runtime/core';
import { functionsConnector } from '@clarity-runtime/adapter-functions';
import type { CallStage } from '@clarity-runtime/core/ports';
import { report } from './greeting.ts';

/** Gives each caller a number of calls; a further one is refused as a tool error with a remedy. */
const budget = (limit: number, used = new Map<string, number>()): CallStage => ({
  name: 'budget',
  run: (call, next) => {
    const count = (used.get(call.caller.principal.id) ?? 0) + 1;
    used.set(call.caller.principal.id, count);
    if (count > limit)
      throw new ClarityError('QUOTA_EXCEEDED', `${String(limit)} calls`, { hint: 'try again tomorrow' });
    return next(call);
  },
});

async function main(): Promise<object> {
  const dice = functionsConnector({ name: 'dice', tools: { throw: { run: () => 4 } } });
  const container = createContainer();
  container.register(PORT.callStage, { useValue: budget(2) });
  await using runtime = await createRuntime({ container, adapters: { connectors: [dice] } });
  await runtime.services.apply(embeddedCaller, dice.manifest);
  await runtime.autostart();
  const guest: Caller = { ...embeddedCaller, principal: { kind: 'user', id: 'guest' } };
  const outcomes: string[] = [];
  for (const caller of [guest, guest, guest, embeddedCaller]) {
    const { isError, content } = await runtime.tools.call(caller, { name: 'dice__throw' });
    outcomes.push(isError ? JSON.stringify(content) : 'ok');
  }
  return { outcomes };
}

report(main());
