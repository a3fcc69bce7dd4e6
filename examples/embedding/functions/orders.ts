import { functionsConnector } from '@clarity-runtime/adapter-functions';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { z } from 'zod';

/** An order of the application. */
export interface Order {
  readonly id: string;
  readonly total: number;
}

/** Returns a runtime whose service `orders` reads and cancels the orders of an application. */
export async function ordersRuntime(orders: Map<string, Order>): Promise<Runtime> {
  const connector = functionsConnector({
    name: 'orders',
    instructions: 'Read an order before you cancel it.',
    tools: {
      get: {
        description: 'Returns an order by its id.',
        annotations: { readOnlyHint: true },
        input: z.object({ id: z.string() }),
        run: ({ id }) => {
          const order = orders.get(id);
          if (order === undefined) throw new Error(`there is no order '${id}'; 'orders://open' lists all`);
          return order;
        },
      },
      cancel_all: {
        description: 'Cancels every order.',
        annotations: { destructiveHint: true },
        run: (_, { progress, signal }) => {
          const all = [...orders.keys()];
          for (const [done, id] of all.entries()) {
            signal.throwIfAborted();
            orders.delete(id);
            progress(done + 1, all.length, id);
          }
          return `cancelled ${String(all.length)} orders`;
        },
      },
    },
    resources: {
      'orders://open': {
        name: 'open orders',
        mimeType: 'application/json',
        read: () => JSON.stringify([...orders.values()]),
      },
    },
    prompts: {
      review: {
        description: 'Reviews one order.',
        arguments: [{ name: 'id', required: true }],
        get: ({ id }) => `Read order ${id ?? ''} and say whether its total is plausible.`,
      },
    },
  });
  const runtime = await createRuntime({ connectors: [connector] });
  await runtime.services.apply(embeddedCaller, connector.manifest);
  await runtime.autostart();
  return runtime;
}
