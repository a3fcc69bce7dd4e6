import { isClarityError } from '../domain/errors/clarity-error.ts';
import type { ClientConfig, GatewayEntry } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** The parts of an adapter of client configurations that its contract suite uses. */
export interface ClientConfigSetup {
  readonly config: ClientConfig;
  /** Returns the content of the file of scope `user`; undefined without a file. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
  /** A configuration with entries of the user. */
  readonly usual: string;
  /** Texts that cannot be edited safely. */
  readonly hopeless: readonly string[];
}

const stdio: GatewayEntry = {
  transport: 'stdio',
  command: 'clarityctl',
  args: ['gateway', 'serve', '--stdio'],
};
const http = { transport: 'http', url: 'http://localhost:4707/mcp' } as const;
const user = { scope: 'user' } as const;
const CANARY = 'Canary-27b1';

const codeOf = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
    return 'ok';
  } catch (error) {
    return isClarityError(error) ? error.code : `not refused but failed: ${String(error)}`;
  }
};

/** Contract of a `ClientConfig`. `setup` returns one without a file. */
export function clientConfigContract(kit: TestKit, name: string, setup: () => Promise<ClientConfigSetup>): void {
  const { describe, test, expect } = kit;

  describe(`ClientConfig contract: ${name}`, () => {
    test('put creates the file of a client without one, and remove deletes it', async () => {
      const { config, read } = await setup();
      expect((await config.state('user')).configured).toEqual(false);
      expect((await config.put(stdio, user)).updated).toEqual(true);
      const { configured, transport, command, args } = await config.state('user');
      expect({ configured, transport, command, args }).toEqual({ configured: true, ...stdio });
      if (config.transports.includes('http')) await config.put(http, user);
      expect((await config.remove(user)).updated).toEqual(true);
      expect(await read()).toEqual(undefined);
    });
    test('a second put and a second remove change nothing', async () => {
      const { config, read, write, usual } = await setup();
      await write(usual);
      await config.put(stdio, user);
      const once = await read();
      const again = await config.put(stdio, user);
      expect([again.updated, again.diff, await read()]).toEqual([false, '', once]);
      await config.remove(user);
      expect((await config.remove(user)).updated).toEqual(false);
      expect(await read()).toEqual(usual);
    });
    test('a dry run returns the change and writes nothing', async () => {
      const { config, read, write, usual } = await setup();
      await write(usual);
      const { updated, diff } = await config.put(stdio, { ...user, dryRun: true });
      expect([updated, diff.includes('+'), await read()]).toEqual([true, true, usual]);
    });
    test('S06 the returned entry contains only the gateway, and is empty without a change', async () => {
      const { config, read, write, usual } = await setup();
      const theirs = usual.replace('"x"', `"${CANARY}"`);
      await write(theirs);
      const told = await config.put(stdio, { ...user, dryRun: true });
      expect([told.entry.includes('gateway'), told.entry.includes(CANARY)]).toEqual([true, false]);
      await config.put(stdio, user);
      expect((await config.put(stdio, user)).entry).toEqual('');
      const { entry } = await config.remove({ ...user, dryRun: true });
      expect([entry.includes('gateway'), entry.includes(CANARY)]).toEqual([true, false]);
      await config.remove(user);
      expect([(await config.remove(user)).entry, await read()]).toEqual(['', theirs]);
    });
    test('D16 T-290 a file that cannot be edited safely is rejected and stays unchanged', async () => {
      const { config, read, write, hopeless } = await setup();
      for (const text of hopeless) {
        await write(text);
        expect([text, await codeOf(() => config.put(stdio, user))]).toEqual([text, 'CLIENT_CONFIG_REFUSED']);
        expect([text, await codeOf(() => config.remove(user))]).toEqual([text, 'CLIENT_CONFIG_REFUSED']);
        expect((await config.state('user')).configured).toEqual(false);
        expect(await read()).toEqual(text);
      }
    });
    test('switching the transport and back restores the file', async () => {
      const { config, read, write, usual } = await setup();
      await write(usual);
      await config.put(stdio, user);
      const before = await read();
      if (!config.transports.includes('http')) {
        expect(await codeOf(() => config.put(http, user))).toEqual('REQUEST_INVALID');
        return;
      }
      await config.put(http, user);
      const { transport, endpoint, command } = await config.state('user');
      expect({ transport, endpoint, command }).toEqual({ transport: 'http', endpoint: http.url, command: undefined });
      await config.put(stdio, user);
      expect(await read()).toEqual(before);
      await config.remove(user);
      expect(await read()).toEqual(usual);
    });
    test('an unsupported scope is rejected', async () => {
      const { config } = await setup();
      const expected = config.scopes.includes('project') ? 'ok' : 'REQUEST_INVALID';
      expect(await codeOf(() => config.put(stdio, { scope: 'project', dryRun: true }))).toEqual(expected);
    });
    test('S06 the file contains the name of the token variable, never a token', async () => {
      const { config, read } = await setup();
      await config.put({ ...stdio, tokenVariable: 'THE_TOKEN' }, user);
      const after = await codeOf(() => config.put({ ...http, tokenVariable: 'THE_TOKEN' }, user));
      const text = (await read()) ?? '';
      // A client without token variables omits the token or rejects the entry.
      expect(after === 'ok' ? text.includes('THE_TOKEN') : after).toEqual(after === 'ok' ? true : 'REQUEST_INVALID');
    });
  });
}
