import { usageError } from '../support/cli-error.ts';
import { secretActions } from './auth-actions.ts';
import { loginActions } from './login-actions.ts';
import type { Command } from '../command-support/command.ts';

const authActions = { ...loginActions, ...secretActions };
const names = Object.keys(authActions);

const FLAGS = ['host', 'service', 'for', 'no-browser', 'scope', 'issuer', 'port'];

/** `clarityctl auth <action>`: manages credentials of services. */
export const auth: Command = {
  syntax: 'auth <action> [ref] [secret]',
  describe: `log in to services and manage their credentials: ${names.join(', ')}`,
  subject: Object.entries(authActions)
    .map(([name, { does }]) => `${name}: ${does}`)
    .join('; '),
  secretsAfter: 'set-secret',
  flags: {
    host: { type: 'texts', describe: 'host or host:port that may receive the secret (set-secret, repeatable)' },
    service: { type: 'texts', describe: 'service that may use the secret (set-secret, repeatable)' },
    'no-browser': { type: 'switch', describe: 'paste the address of the browser instead of waiting for it (login)' },
    scope: { type: 'texts', describe: 'comma-separated scopes to request besides those of the service (login)' },
    issuer: { type: 'text', describe: 'issuer to use if the service names several (login)' },
    port: { type: 'text', describe: 'port of the redirect, 1 to 65535 (login)', fallbackText: 'a free one' },
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
    for (const flag of FLAGS) {
      if (!given.has(flag) || action.flags?.includes(flag) === true) continue;
      throw usageError(`auth ${name} has no flag --${flag}`, `write \`clarityctl auth ${action.syntax}\``);
    }
    return action.run(session, words, given);
  },
};
