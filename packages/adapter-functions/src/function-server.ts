import {
  RawJson,
  RpcCode,
  type Capabilities,
  type McpReply,
  type McpRequest,
  type RpcError,
} from '@clarity-runtime/core';
import { VERSION } from '@clarity-runtime/core/internal';
import type { HandshakeResult } from '@clarity-runtime/core/protocol';
import { ProtocolError, type FunctionCall, type FunctionsDefinition } from './definitions.ts';
import { toolSchema, type ToolSchema } from './tool-schema.ts';

/** MCP 2025-11-25, "Resources": resource not found. */
const RESOURCE_NOT_FOUND = -32002;
const REVISION = '2025-11-25';

/** The MCP server of a set of functions, without a transport. */
export class FunctionServer {
  readonly facts: HandshakeResult;
  readonly #definition: FunctionsDefinition;
  readonly #schemas: ReadonlyMap<string, ToolSchema>;
  readonly #lists: ReadonlyMap<string, McpReply>;

  /** @throws TypeError when a schema cannot be used. */
  constructor(definition: FunctionsDefinition) {
    const { name, version = VERSION, instructions, tools, resources, prompts } = definition;
    this.#definition = definition;
    this.#schemas = new Map(Object.entries(tools ?? {}).map(([tool, given]) => [tool, toolSchema(tool, given)]));
    this.#lists = listsOf(definition, this.#schemas);
    const capabilities: Capabilities = {
      ...(tools === undefined ? {} : { tools: {} }),
      ...(resources === undefined ? {} : { resources: {} }),
      ...(prompts === undefined ? {} : { prompts: {} }),
    };
    this.facts = {
      era: 'legacy',
      revision: REVISION,
      capabilities,
      info: { name, version },
      ...(instructions === undefined ? {} : { instructions }),
    };
  }

  /** Answers one request; never rejects. */
  async reply(request: McpRequest, context: FunctionCall): Promise<McpReply> {
    try {
      return await this.#reply(request, context);
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : RpcCode.internalError;
      return errorReply(code, messageOf(error));
    }
  }

  #reply({ method, params }: McpRequest, context: FunctionCall): McpReply | Promise<McpReply> {
    switch (method) {
      case 'ping':
        return { result: RawJson.of({}) };
      case 'tools/call':
        return this.#call(textOf(params.get('name')), params.get('arguments')?.value ?? {}, context);
      case 'resources/read':
        return this.#read(textOf(params.get('uri')), context);
      case 'prompts/get':
        return this.#prompt(textOf(params.get('name')), params.get('arguments')?.value, context);
      default:
        return this.#lists.get(method) ?? errorReply(RpcCode.methodNotFound, 'method not found');
    }
  }

  async #call(name: string, args: unknown, context: FunctionCall): Promise<McpReply> {
    const tool = ownMember(this.#definition.tools, name);
    const schema = this.#schemas.get(name);
    if (tool === undefined || schema === undefined) return errorReply(RpcCode.invalidParams, `unknown tool '${name}'`);
    const checked = await schema.check(args);
    if ('problem' in checked) return toolError(checked.problem);
    try {
      return { result: toolResult(await tool.run(checked.value as never, context)) };
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      return toolError(messageOf(error));
    }
  }

  async #read(uri: string, context: FunctionCall): Promise<McpReply> {
    const resource = ownMember(this.#definition.resources, uri);
    if (resource === undefined)
      return { error: { code: RESOURCE_NOT_FOUND, message: 'resource not found', data: { uri } } };
    const { mimeType } = resource;
    const content = await resource.read(uri, context);
    const body = typeof content === 'string' ? { text: content } : { blob: Buffer.from(content).toString('base64') };
    return { result: RawJson.of({ contents: [{ uri, ...(mimeType === undefined ? {} : { mimeType }), ...body }] }) };
  }

  async #prompt(name: string, given: unknown, context: FunctionCall): Promise<McpReply> {
    const prompt = ownMember(this.#definition.prompts, name);
    if (prompt === undefined) return errorReply(RpcCode.invalidParams, `unknown prompt '${name}'`);
    const args = textMembers(given);
    const missing = prompt.arguments?.find(({ name: wanted, required }) => required === true && !(wanted in args));
    if (missing !== undefined) return errorReply(RpcCode.invalidParams, `argument '${missing.name}' is required`);
    const messages = await prompt.get(args, context);
    const { description } = prompt;
    const listed =
      typeof messages === 'string' ? [{ role: 'user', content: { type: 'text', text: messages } }] : messages;
    return { result: RawJson.of({ ...(description === undefined ? {} : { description }), messages: listed }) };
  }
}

function listsOf(
  { tools = {}, resources = {}, prompts = {} }: FunctionsDefinition,
  schemas: ReadonlyMap<string, ToolSchema>,
): ReadonlyMap<string, McpReply> {
  const listedTools = Object.entries(tools).map(([name, { title, description, output, annotations }]) => ({
    name,
    title,
    description,
    inputSchema: schemas.get(name)?.inputSchema,
    outputSchema: output,
    annotations,
  }));
  const listedResources = Object.entries(resources).map(([uri, { name, title, description, mimeType }]) => ({
    uri,
    name,
    title,
    description,
    mimeType,
  }));
  const listedPrompts = Object.entries(prompts).map(([name, { title, description, arguments: args }]) => ({
    name,
    title,
    description,
    arguments: args,
  }));
  return new Map<string, McpReply>([
    ['tools/list', { result: RawJson.of({ tools: listedTools }) }],
    ['resources/list', { result: RawJson.of({ resources: listedResources }) }],
    ['resources/templates/list', { result: RawJson.of({ resourceTemplates: [] }) }],
    ['prompts/list', { result: RawJson.of({ prompts: listedPrompts }) }],
  ]);
}

/** Returns what a function returned as a tool result (MCP 2025-11-25, `CallToolResult`). */
function toolResult(value: unknown): RawJson {
  if (value === undefined) return RawJson.of({ content: [] });
  if (typeof value === 'string') return RawJson.of({ content: [{ type: 'text', text: value }] });
  if (typeof value === 'object' && value !== null && 'content' in value && Array.isArray(value.content)) {
    return RawJson.of(value);
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError('the function returned a value that is not JSON');
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return RawJson.of({ content: [{ type: 'text', text }], ...(isObject ? { structuredContent: value } : {}) });
}

const toolError = (text: string): McpReply => ({
  result: RawJson.of({ content: [{ type: 'text', text }], isError: true }),
  isError: true,
});

const errorReply = (code: number, message: string): { readonly error: RpcError } => ({ error: { code, message } });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const textOf = (value: RawJson | undefined): string => (typeof value?.value === 'string' ? value.value : '');

/** Returns an own member, so that a name such as `constructor` is unknown. */
const ownMember = <T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;

const textMembers = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
