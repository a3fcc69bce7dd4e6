import { afterEach, expect, test } from '@jest/globals';
import {
  createRuntime,
  grantOf,
  RawJson,
  type Caller,
  type McpReply,
  type Profile,
  type ProfileSpec,
  type Runtime,
} from '@clarity-runtime/core';
import { MemoryProfileStore } from '@clarity-runtime/core/memory';
import { agent, ask, namesOf, operator, resultOf } from '../../support/speak.ts';
import { methodsOf, TestClient, until } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const profileOf = (name: string, spec: Partial<ProfileSpec> = {}): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name },
  spec: { services: ['*'], ...spec },
});

let given: Upstreams;
afterEach(async () => {
  await given.runtime.close();
});

const tools = (...names: readonly string[]): string => JSON.stringify(names.map((name) => ({ name })));

async function started(spec: Partial<ProfileSpec> = {}): Promise<{ runtime: Runtime; client: Caller }> {
  given = await withUpstream({ controlTools: true });
  const { upstream, runtime, run } = given;
  upstream.lists.set('docs tools', tools('search', 'delete'));
  upstream.lists.set('docs prompts', '[{"name":"review"}]');
  upstream.lists.set('docs resources', '[{"uri":"docs://one","name":"one"}]');
  upstream.lists.set('mail tools', tools('search', 'send'));
  await run('docs');
  await run('mail');
  await runtime.profiles.apply(operator, profileOf('coding', spec));
  return { runtime, client: inProfile(runtime, 'coding') };
}

const inProfile = (runtime: Runtime, name: string, caller: Caller = agent): Caller => ({
  ...caller,
  profile: runtime.profiles.bind(name),
});
const listed = async (runtime: Runtime, caller: Caller): Promise<readonly string[]> =>
  namesOf(await ask(runtime, 'tools/list', {}, { caller }));
const call = (runtime: Runtime, caller: Caller, name: string, args: object = {}): Promise<McpReply> =>
  ask(runtime, 'tools/call', { name, arguments: args }, { caller });

test('a profile shows its services and tools, hides the control tools, and answers the others like unknown names', async () => {
  const { runtime, client } = await started({ services: ['docs'], tools: { deny: ['docs/delete'] } });
  expect(await listed(runtime, client)).toEqual(['docs__search']);
  const unknown = await call(runtime, client, 'docs__nothing');
  for (const name of ['docs__delete', 'mail__search', 'runtime__list_services']) {
    const refused = await call(runtime, client, name);
    expect(JSON.stringify(refused)).toBe(JSON.stringify(unknown).replace('docs__nothing', name));
  }
  expect(await call(runtime, client, 'docs__search')).not.toHaveProperty('error');
});

test('prompts and resources of a profile are switched off for lists and for requests', async () => {
  const { runtime, client } = await started({ prompts: false, resources: false });
  expect(resultOf(await ask(runtime, 'prompts/list', {}, { caller: client }))).toMatchObject({ prompts: [] });
  expect(resultOf(await ask(runtime, 'resources/list', {}, { caller: client }))).toMatchObject({ resources: [] });
  expect(await ask(runtime, 'prompts/get', { name: 'docs__review' }, { caller: client })).toHaveProperty('error');
  expect(await ask(runtime, 'resources/read', { uri: 'docs://one' }, { caller: client })).toHaveProperty('error');
  const open = inProfile(runtime, 'open');
  await runtime.profiles.apply(operator, profileOf('open'));
  expect(resultOf(await ask(runtime, 'prompts/list', {}, { caller: open }))).toMatchObject({
    prompts: [{ name: 'docs__review' }],
  });
  expect(await ask(runtime, 'resources/read', { uri: 'docs://one' }, { caller: open })).not.toHaveProperty('error');
});

test('case 11: a rename replaces the name, and a collision under prefix never is refused with the names', async () => {
  const { runtime, client } = await started({ rename: { 'docs/search': 'find_docs' }, prefix: 'collision' });
  expect(await listed(runtime, client)).toEqual(['delete', 'find_docs', 'search', 'send']);
  expect(await call(runtime, client, 'find_docs')).not.toHaveProperty('error');
  await expect(runtime.profiles.apply(operator, profileOf('coding', { prefix: 'never' }))).rejects.toMatchObject({
    code: 'PROFILE_INVALID',
    failure: { field: 'spec.prefix', hint: expect.stringContaining('search (docs/search, mail/search)') },
  });
  const taken = profileOf('coding', { rename: { 'docs/search': 'mail__search' } });
  await expect(runtime.profiles.apply(operator, taken)).rejects.toMatchObject({ failure: { field: 'spec.rename' } });
  expect(await listed(runtime, client)).toEqual(['delete', 'find_docs', 'search', 'send']);
});

test('T-491 a service that adds a tool takes no name from a tool of another service', async () => {
  const { runtime, client } = await started({ prefix: 'never', tools: { deny: ['mail/search'] } });
  expect(await listed(runtime, client)).toEqual(['delete', 'search', 'send']);
  given.upstream.lists.set('mail tools', tools('search', 'send', 'delete', 'docs__delete'));
  given.upstream.made.find(({ module }) => module === 'mail')?.events.onListChanged('tools');
  await until(() => runtime.services.list(operator).some((view) => view.interface?.tools.length === 4));
  const names = await listed(runtime, client);
  expect(names).not.toContain('delete');
  expect(names.filter((name) => name.endsWith('delete'))).toHaveLength(3);
  await call(runtime, client, 'docs__delete');
  expect(given.upstream.made.find(({ module }) => module === 'docs')?.requests.at(-1)?.method).toBe('tools/call');
});

test('controlTools read lists the control tools that need read, with the services of the profile alone', async () => {
  const { runtime, client } = await started({ services: ['docs'], controlTools: 'read' });
  const names = await listed(runtime, client);
  expect(names).toContain('runtime__list_services');
  for (const name of ['runtime__stop_service', 'runtime__get_logs', 'runtime__get_audit']) {
    expect(names).not.toContain(name);
    expect(await call(runtime, client, name, { service_id: 'docs' })).toMatchObject({ isError: true });
  }
  const { structuredContent } = resultOf(await call(runtime, client, 'runtime__list_services'));
  expect(JSON.stringify(structuredContent)).toContain('docs');
  expect(JSON.stringify(structuredContent)).not.toContain('mail');
});

test('an open session has the new view after an edit, and only sessions whose list changed are notified', async () => {
  const { runtime, client } = await started({ services: ['docs'] });
  await runtime.profiles.apply(operator, profileOf('other', { services: ['mail'] }));
  const inside = new TestClient(runtime, { caller: client });
  const outside = new TestClient(runtime, { caller: agent });
  const other = new TestClient(runtime, { caller: inProfile(runtime, 'other') });
  await runtime.profiles.apply(operator, profileOf('coding', { services: ['docs', 'mail'] }));
  await until(() => inside.notifications.length > 0);
  expect(methodsOf(inside.notifications)).toEqual(['notifications/tools/list_changed']);
  expect(namesOf(await inside.request('tools/list'))).toContain('mail__send');
  await runtime.profiles.apply(operator, profileOf('coding', { services: ['docs', 'mail'], limits: { perMinute: 9 } }));
  await runtime.profiles.remove(operator, 'coding');
  await until(() => inside.notifications.length > 1);
  expect(await inside.request('tools/list')).toHaveProperty('error');
  expect(await inside.request('tools/call', { name: 'docs__search' })).toHaveProperty('error');
  expect([...outside.notifications, ...other.notifications]).toEqual([]);
});

test('the instructions of a profile replace those of its services', async () => {
  const { runtime, client } = await started({ instructions: 'Only for documents.' });
  const reply = await ask(runtime, 'server/discover', {}, { caller: client });
  expect(resultOf(reply)).toMatchObject({ instructions: 'Only for documents.' });
});

test('limits of a profile hold for each principal, in addition to its grants', async () => {
  const { runtime, client } = await started({ limits: { perMinute: 2, burst: 2 } });
  const other = { ...client, principal: { kind: 'user', id: 'other' } } as const;
  const outcomes = [];
  for (const caller of [client, client, client, other]) outcomes.push(await call(runtime, caller, 'docs__search'));
  expect(outcomes.map((outcome) => 'isError' in outcome && outcome.isError)).toEqual([false, false, true, false]);
  expect(JSON.stringify(resultOf(outcomes[2] ?? { result: RawJson.of({}) }))).toContain('profile coding');
});

test('the audit names the profile of a call', async () => {
  const { runtime, client } = await started();
  await call(runtime, client, 'docs__search');
  await call(runtime, agent, 'docs__search');
  const events = (await runtime.audit.recent(operator, { limit: 20 })).filter(
    ({ kind }) => kind === 'service.tool_called',
  );
  expect(events.map(({ caller }) => caller?.profile).sort()).toEqual(['coding', undefined]);
});

test('T-490 a token with a profile has its view, needs the profile, and keeps it from removal', async () => {
  const { runtime } = await started({ services: ['docs'] });
  const request = { name: 'claude', grants: [grantOf('read', 'call')] };
  await expect(runtime.tokens.create(operator, { ...request, profile: 'none' })).rejects.toMatchObject({
    code: 'PROFILE_NOT_FOUND',
  });
  const wide = { ...request, profile: 'coding', doors: ['mcp', 'http'] } as const;
  await expect(runtime.tokens.create(operator, wide)).rejects.toMatchObject({ failure: { field: 'doors' } });
  const { token, record } = await runtime.tokens.create(operator, { ...request, profile: 'coding' });
  expect(record.profile).toBe('coding');
  expect(runtime.tokens.authenticate(token)).toMatchObject({ profile: 'coding' });
  await expect(runtime.profiles.remove(operator, 'coding')).rejects.toMatchObject({
    code: 'PROFILE_IN_USE',
    message: expect.stringContaining('claude'),
  });
  await runtime.tokens.revoke(operator, 'claude');
  await runtime.profiles.remove(operator, 'coding');
  expect(await runtime.profiles.list(operator)).toEqual([]);
});

test('only admin reads and changes profiles, and every change is an audit event', async () => {
  const { runtime, client } = await started();
  const { profiles } = runtime;
  for (const caller of [agent, client, { ...operator, grants: [grantOf('read', 'provision')] }])
    for (const act of [
      profiles.list(caller),
      profiles.get(caller, 'coding'),
      profiles.apply(caller, profileOf('coding')),
      profiles.remove(caller, 'coding'),
      profiles.preview(caller, 'coding'),
    ])
      await expect(act).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  await profiles.remove(operator, 'coding');
  await expect(profiles.get(operator, 'coding')).rejects.toMatchObject({ code: 'PROFILE_NOT_FOUND' });
  const kinds = (await runtime.audit.recent(operator, { limit: 50 })).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['profile.applied', 'profile.removed']));
});

test('profiles are loaded from their store', async () => {
  given = await withUpstream();
  const profiles = new MemoryProfileStore();
  await (await createRuntime({ profiles })).profiles.apply(operator, profileOf('coding', { services: ['docs'] }));
  const again = await createRuntime({ profiles });
  expect(again.profiles.bind('coding').view?.profile.spec.services).toEqual(['docs']);
  expect(again.profiles.bind('other').view).toBeUndefined();
});
