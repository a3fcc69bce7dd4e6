import { usageError } from '../support/cli-error.ts';
import { authActions } from './auth-actions.ts';
import type { Command } from '../command-support/command.ts';

const names = Object.keys(authActions);

/** `clarityctl auth <action>`: manages credentials of services. */
export const auth: Command = {
  syntax: 'auth <action> [ref] [secret]',
  describe: `manage credentials of services: ${names.join(', ')}`,
  subject: Object.entries(authActions)
    .map(([name, { does }]) => `${name}: ${does}`)
    .join('; '),
  flags: {
    host: { type: 'texts', describe: 'host or host:port that may receive the secret (set-secret, repeatable)' },
    service: { type: 'texts', describe: 'service that may use the secret (set-secret, repeatable)' },
    for: { type: 'text', describe: 'use to check: header or env (validate)', fallbackText: 'header' },
  },
  run: async (given, session) => {
    const name = given.text('action') ?? '';
    const action = Object.hasOwn(authActions, name) ? authActions[name] : undefined;
    if (action === undefined) throw usageError(`unknown action 'auth ${name}'`, `actions: ${names.join(', ')}`);
    const words = [given.text('ref'), given.text('secret')].filter((text) => text !== undefined);
    if (words.length < action.least || words.length > action.most) {
      const problem = words.length < action.least ? 'needs more arguments' : 'takes fewer arguments';
      throw usageError(`auth ${name} ${problem}`, `write \`clarityctl auth ${action.syntax}\``);
    }
    for (const flag of ['host', 'service', 'for']) {
      if (given.all(flag).length === 0 || action.flags?.includes(flag) === true) continue;
      throw usageError(`auth ${name} has no flag --${flag}`, `write \`clarityctl auth ${action.syntax}\``);
    }
    return action.run(session, words, given);
  },
};
