import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { methodRefusal, refusal } from '../http/http-refusal.ts';
import { json, send } from '../http/response.ts';
import { acceptedForms } from './accepted.ts';
import { ENDPOINT_INFO } from './endpoint-info.ts';
import { servePost } from './post-door.ts';
import { RpcServer, type McpContext } from './rpc-server.ts';

/** What stands behind `/mcp` and `/mcp/<service>`: everything from the bytes of a body to the response. */
export interface McpEndpoint {
  /** Rejects with an HttpRefusal for what is wrong before a message is read. */
  handle(req: IncomingMessage, res: ServerResponse, body: Uint8Array, context: McpContext): Promise<void>;
}

export interface McpEndpointOptions {
  /** One entry for the daemon's own log; standard error when absent. */
  readonly onError?: (line: string) => void;
}

export function mcpEndpoint(gateway: McpGateway, { onError }: McpEndpointOptions = {}): McpEndpoint {
  const server = new RpcServer(gateway, onError ?? toStandardError);
  return {
    async handle(req, res, body, context) {
      const accepted = acceptedForms(req.headers.accept);
      switch (req.method) {
        case 'POST':
          await servePost(server, { req, res, body, context, accepted });
          return;
        case 'GET':
        case 'HEAD':
          // What asks for a stream has no session: clients read the 405 as "there is none" and go on without.
          if (accepted.stream) throw methodRefusal(req.method, ['POST']);
          if (!accepted.json && !/text\/(?:html|\*)/i.test(req.headers.accept ?? '')) throw notAcceptable();
          send(res, json(ENDPOINT_INFO));
          return;
        default:
          throw methodRefusal(req.method, ['GET', 'POST']);
      }
    },
  };
}

const notAcceptable = (): Error =>
  refusal(406, 'REQUEST_INVALID', 'it is only there as application/json', { field: 'accept' });

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
