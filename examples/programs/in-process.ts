import { embeddedCaller, isClarityError } from '@clarity-runtime/core';
import { greetingRuntime, report } from './greeting.ts';

/** Calls a tool in the process, and reads the audit log of the call. */
async function main(): Promise<object> {
  await using runtime = await greetingRuntime();
  const tools = await runtime.tools.list(embeddedCaller);
  const { content } = await runtime.tools.call(embeddedCaller, {
    name: 'greeting__greet',
    arguments: { name: 'Anna' },
  });
  const refused = await runtime.tools.call(embeddedCaller, { name: 'greeting__none' }).catch((error: unknown) => error);
  const [last] = await runtime.audit.recent(embeddedCaller, { limit: 1 });
  return {
    tools: tools.map(({ name }) => name),
    content,
    refused: isClarityError(refused) ? refused.code : refused,
    audited: last?.kind,
  };
}

report(main());
