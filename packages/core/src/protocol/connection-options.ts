import type { LimitName } from '../domain/audit/limit-name.ts';
import type { RawJson } from '../domain/json/raw-json.ts';
import type { Capabilities, Implementation, McpNotification, McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import type { ConnectionClock } from './deadline-timer.ts';

/** Settings of a `JsonRpcConnection`. */
export interface JsonRpcConnectionOptions {
  readonly clock: ConnectionClock;
  readonly client: Implementation;
  /** Capabilities that this side declared to the service. */
  readonly clientCapabilities: Capabilities;
  /** Removes credentials from the text of an error. */
  readonly redact: (text: string) => string;
  /** Removes credentials from the JSON text of a message. Absent if the service has none. */
  readonly redactJson?: (json: string) => string;
  onListChanged(list: 'tools' | 'resources' | 'prompts'): void;
  /** Answers a request of the service while no call is in flight. */
  onRequest?(request: McpRequest): Promise<McpReply>;
  /** Receives a notification that belongs to no request. */
  onNotification(notification: McpNotification): void;
  /** Receives the result of a request before its caller. */
  onResult?(request: McpRequest, result: RawJson): void;
  onLog(line: string): void;
  /** A limit has cut off a message. */
  onLimit?(limit: LimitName): void;
}
