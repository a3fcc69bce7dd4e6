import {
  failure,
  RawJson,
  type ErrorCode,
  type McpReply,
  ClarityError,
  errorRow,
  isClarityError,
  RpcCode,
  type McpRequest,
  type Service,
} from '@clarity-runtime/core';
import { failedToolResult, toPrintableAscii } from '@clarity-runtime/core/internal';
import type {
  WasmFunction,
  WasmReply,
  Connection,
  ConnectionEvents,
  UpstreamRequestOptions,
  WasmModule,
} from '@clarity-runtime/core/ports';
import { describeService, FUNCTION_PREFIX, toolList } from './tool-definitions.ts';

const QUOTE = '"';

/**
 * Returns the MCP result of a call. The JSON of the value is embedded unparsed, so that no digit is lost. The value of
 * an `Err` is in `_meta`: clients validate `structuredContent` against the output schema also in a result with
 * `isError`, and an `Err` does not match it.
 */
export function toolReply(reply: WasmReply, fn: WasmFunction, isRecord: boolean): McpReply {
  if (reply.type === 'failure') return failed(reply.code, reply.message);
  const { text: json } = reply.json;
  if (reply.type === 'err') {
    const meta = `{"clarity/err":${json}}`;
    return { result: RawJson.fromText(`{${content(shown(json))},"isError":true,"_meta":${meta}}`), isError: true };
  }
  if (fn.outputSchema === undefined) return textReply('(no output)');
  const structured = isRecord ? json : `{"result":${json}}`;
  return { result: RawJson.fromText(`{${content(shown(json))},"structuredContent":${structured}}`) };
}

export const textReply = (text: string): McpReply => ({ result: RawJson.fromText(`{${content(text)}}`) });

const MAX_SUBJECT_LENGTH = 500;

export const failed = (code: ErrorCode, subject: string): McpReply => ({
  result: failedToolResult(failure(code, toPrintableAscii(subject, MAX_SUBJECT_LENGTH))),
  isError: true,
});

/** Returns a string without quotes and any other value as JSON. */
const shown = (json: string): string => (json.startsWith(QUOTE) ? (JSON.parse(json) as string) : json);

const content = (text: string): string => `"content":[{"type":"text","text":${JSON.stringify(text)}}]`;

export interface LocalConnectionDependencies {
  readonly service: Service;
  readonly module: WasmModule;
  /** Names of the functions whose result is a record. */
  readonly records: ReadonlySet<string>;
  readonly deadlineMs: number;
  readonly events: ConnectionEvents;
  /** Parts of the module and of its manifest that have no effect, as sentences. */
  readonly warnings: readonly string[];
}

/** MCP server over one loaded module. */
export class LocalConnection implements Connection {
  readonly era = 'legacy';
  readonly capabilities = { tools: {} };
  readonly warnings: readonly string[];
  readonly #parts: LocalConnectionDependencies;
  readonly #functions: ReadonlyMap<string, WasmFunction>;
  readonly #tools: RawJson;
  #isClosed = false;

  constructor(parts: LocalConnectionDependencies) {
    const { service, module, warnings } = parts;
    this.#parts = parts;
    this.warnings = warnings;
    this.#functions = new Map(module.functions.map((fn) => [`${FUNCTION_PREFIX}${fn.name}`, fn]));
    this.#tools = toolList(service, module.functions);
  }

  async request(request: McpRequest, exchange: UpstreamRequestOptions): Promise<McpReply> {
    if (this.#isClosed) throw new ClarityError('SERVICE_STOPPED', this.#parts.service.namespace);
    const reply = await this.#answer(request, exchange);
    if ('error' in reply || reply.result.bytes.length <= exchange.maxReplyBytes) return reply;
    const sizes = `${String(reply.result.bytes.length)} bytes, the limit is ${String(exchange.maxReplyBytes)}`;
    if (request.method === 'tools/call') return failed('PAYLOAD_TOO_LARGE', sizes);
    return { error: { code: RpcCode.internalError, message: `the reply is too large: ${sizes}` } };
  }

  notify(): void {
    // A module has no session state, so notifications have no effect.
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#parts.module.close();
  }

  async #answer({ method, params }: McpRequest, exchange: UpstreamRequestOptions): Promise<McpReply> {
    if (method === 'ping') return { result: RawJson.of({}) };
    if (method === 'tools/list') return { result: this.#tools };
    if (method !== 'tools/call') return { error: { code: RpcCode.methodNotFound, message: 'method not found' } };
    const name = params.get('name')?.value;
    if (name === 'health_check') return textReply(this.#health());
    if (name === 'describe_service') {
      return textReply(describeService(this.#parts.service, this.#parts.module));
    }
    const fn = typeof name === 'string' ? this.#functions.get(name) : undefined;
    if (fn === undefined) return { error: { code: RpcCode.invalidParams, message: 'unknown tool' } };
    return this.#call(fn, params.get('arguments') ?? RawJson.fromText('{}'), exchange);
  }

  async #call(fn: WasmFunction, args: RawJson, exchange: UpstreamRequestOptions): Promise<McpReply> {
    const { module, records, deadlineMs: own } = this.#parts;
    // A function sends nothing before its reply, so that it is idle for the whole call.
    const deadlineMs = Math.min(own, exchange.totalMs || own, exchange.idleMs || own);
    try {
      const called = module.call(fn.name, args, { signal: exchange.signal, deadlineMs });
      exchange.onSent();
      const reply = await called;
      this.#logFault(fn, reply);
      return toolReply(reply, fn, fn.isRecord ?? records.has(fn.name));
    } catch (error) {
      if (isClarityError(error) && error.code === 'SERVICE_START_FAILED') this.#parts.events.onClose(error.message);
      throw error;
    }
  }

  /** Logs a failed call without any part of its arguments. */
  #logFault({ name }: WasmFunction, reply: WasmReply): void {
    if (reply.type !== 'failure' || reply.code === 'ARGUMENTS_INVALID') return;
    const { title } = errorRow(reply.code);
    this.#parts.events.onLog(`Call of ${FUNCTION_PREFIX}${toPrintableAscii(name)} failed: ${title} (${reply.code})`);
  }

  #health(): string {
    return `Service ${this.#parts.service.serviceId} is running with health=HEALTHY`;
  }
}
