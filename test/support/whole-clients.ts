import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

/** Client information of the clients. */
export const me = { name: 'stock', version: '1.0.0' };

type Args = Readonly<Record<string, unknown>>;

/** Operations with the same names in both SDKs. */
type Asking = Pick<
  ClientV1,
  'listTools' | 'listResources' | 'listResourceTemplates' | 'readResource' | 'listPrompts' | 'getPrompt' | 'complete'
> & { close(): Promise<void> };

/** A client of either SDK with one signature for tool calls. */
export interface Whole extends Asking {
  call(name: string, args?: Args, onprogress?: (progress: { readonly progress: number }) => void): Promise<unknown>;
}

/** Capabilities of a client that accepts server requests, and its responses. */
const askable = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };
const sampled = { model: 'mine', role: 'assistant' as const, content: { type: 'text' as const, text: 'a dry answer' } };
const elicited = (mode: string | undefined) =>
  mode === 'url' ? { action: 'accept' as const } : { action: 'accept' as const, content: { name: 'Ada', check: true } };
/** The roots of a client. */
export const rooted = { roots: [{ uri: 'file:///home/ada', name: 'home of Ada' }] };

type TransportV1 = Parameters<ClientV1['connect']>[0];
type TransportV2 = Parameters<ClientV2['connect']>[0];

/** Connects a client of the first SDK. The default client declares no capability. */
export const wholeV1 = async (transport: TransportV1, client = new ClientV1(me)): Promise<Whole> => {
  await client.connect(transport);
  const call: Whole['call'] = (name, args, onprogress) =>
    client.callTool({ name, arguments: args }, undefined, onprogress === undefined ? {} : { onprogress });
  return Object.assign(client, { call });
};

const modern = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;

/** Connects a client of the second SDK in the modern era. */
export const wholeV2 = async (transport: TransportV2, client = new ClientV2(me, modern)): Promise<Whole> => {
  await client.connect(transport);
  const call: Whole['call'] = (name, args, onprogress) =>
    client.callTool({ name, arguments: args ?? {} }, onprogress === undefined ? {} : { onprogress });
  return Object.assign(client, { call }) as unknown as Whole;
};

/** Connects a client of the first SDK that accepts every server request. */
export function askableV1(transport: TransportV1): Promise<Whole> {
  const client = new ClientV1(me, { capabilities: askable });
  client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicited(params.mode));
  client.setRequestHandler(ListRootsRequestSchema, () => rooted);
  return wholeV1(transport, client);
}

/** Connects a client of the second SDK that accepts every server request. */
export function askableV2(transport: TransportV2): Promise<Whole> {
  const client = new ClientV2(me, { ...modern, capabilities: askable });
  client.setRequestHandler('sampling/createMessage', () => sampled);
  client.setRequestHandler('elicitation/create', ({ params }) => elicited(params.mode));
  client.setRequestHandler('roots/list', () => rooted);
  return wholeV2(transport, client);
}
