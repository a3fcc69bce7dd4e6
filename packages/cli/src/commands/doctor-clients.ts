import { embeddedCaller, type Bootstrap } from '@clarity-runtime/core';
import { Problem } from '../support/cli-error.ts';

/** Which AI clients of the user know this gateway, and which were found that do not. */
export async function clientsDetail(clients: Bootstrap): Promise<string> {
  const states = await clients.status(embeddedCaller, 'user');
  const unreadable = states.find(({ problem }) => problem !== undefined);
  if (unreadable !== undefined) {
    const { client, path, problem = '' } = unreadable;
    throw new Problem(`the configuration of ${client} cannot be read: ${path}: ${problem}`, {
      hint: `mend ${path}; it is never written to while it is damaged`,
    });
  }
  const configured = states.filter((state) => state.configured).map(({ client }) => client);
  const found = states.filter((state) => !state.configured && state.present).map(({ client }) => client);
  const said = [
    ...(configured.length > 0 ? [`${configured.join(', ')} know this gateway`] : []),
    ...(found.length > 0
      ? [`not told of it: ${found.join(', ')} (clarityctl bootstrap --clients ${found.join()})`]
      : []),
  ];
  return said.length > 0 ? said.join('; ') : 'no AI client was found';
}
