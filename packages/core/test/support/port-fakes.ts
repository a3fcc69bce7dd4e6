import { ClarityError } from '@clarity-runtime/core';
import type {
  CallStage,
  ClientConfig,
  CompilerInstaller,
  CredentialProvider,
  Peers,
  SchemaValidator,
} from '@clarity-runtime/core/ports';
import { fakeCompiler } from './control-stage.ts';

const change = { client: 'fake', path: '/fake.json', updated: true, next: 'restart it', diff: '', entry: '' };
export const client: ClientConfig = {
  client: 'fake',
  scopes: ['user'],
  transports: ['stdio'],
  state: () => Promise.resolve({ client: 'fake', path: '/fake.json', configured: false, present: true }),
  put: () => Promise.resolve(change),
  remove: () => Promise.resolve(change),
};
export const credentials: CredentialProvider = {
  scheme: 'fake',
  resolve: () => Promise.reject(new Error('not used')),
  validate: () => Promise.resolve({ valid: true, issues: [], headers: [] }),
  health: () => Promise.resolve({ healthy: true, detail: 'ready' }),
};
export const installer: CompilerInstaller = {
  allowed: ['brew'],
  run: () => Promise.resolve({ exitCode: 0, output: '' }),
};
export const absentCompiler = {
  ...fakeCompiler,
  state: () => Promise.resolve({ available: false, problem: 'absent' }),
};
export const passOn: CallStage = { name: 'pass-on', run: (call, next) => next(call) };
export const acceptAll: SchemaValidator = () => () => undefined;

export const noPeers: Peers = {
  serve: () => undefined,
  connect: (peer) => Promise.reject(new ClarityError('UPSTREAM_UNREACHABLE', peer)),
  logs: () => Promise.resolve([]),
  standing: () => Promise.resolve('gone'),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
