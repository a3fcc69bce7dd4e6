import { functionsConnector } from '@clarity-runtime/adapter-functions';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import { z } from 'zod';
import { report } from './greeting.ts';

/** Functions of the program are tools: checked arguments, progress, cancellation. */
async function main(): Promise<object> {
  const sums = functionsConnector({
    name: 'sums',
    tools: {
      add: {
        input: z.object({ numbers: z.array(z.number()) }),
        run: ({ numbers }) => numbers.reduce((a, b) => a + b, 0),
      },
      count: {
        input: z.object({ to: z.number().int().max(1000) }),
        run: ({ to }, { progress, signal }) => {
          for (let at = 1; at <= to && !signal.aborted; at += 1) progress(at, to);
          return `counted to ${String(to)}`;
        },
      },
    },
  });
  await using runtime = await createRuntime({ connectors: [sums] });
  await runtime.services.apply(embeddedCaller, sums.manifest);
  await runtime.autostart();
  const steps: number[] = [];
  const added = await runtime.tools.call(embeddedCaller, { name: 'sums__add', arguments: { numbers: [1, 2, 3] } });
  await runtime.tools.call(embeddedCaller, {
    name: 'sums__count',
    arguments: { to: 3 },
    onProgress: ({ progress }) => steps.push(progress),
  });
  const wrong = await runtime.tools.call(embeddedCaller, { name: 'sums__add', arguments: { numbers: 'many' } });
  return { added: added.content, steps, wrong: wrong.isError };
}

report(main());
