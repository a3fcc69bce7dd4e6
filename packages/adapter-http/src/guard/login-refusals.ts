import type { IncomingMessage } from 'node:http';
import { refusal, type RequestError } from '../http/request-error.ts';
import type { HttpDoor } from './callers.ts';
import type { FailedLogin, FailedLogins } from './failed-logins.ts';
import { entryPointOf, parseTarget } from './request-target.ts';
import type { ResourceServer } from './resource-server.ts';

const FROM_SERVICE = 'processes of services do not use the API while the daemon has no token';
const SERVICE_HINT = 'start clarityd with CLARITYD_AUTH_TOKEN_FILE, and give the program a token';

/** Refusals of requests whose caller is not known, with their challenges and their events. */
export class LoginRefusals {
  readonly #failed: FailedLogins;
  readonly #resourceServer: ResourceServer | undefined;

  constructor(failed: FailedLogins, resourceServer: ResourceServer | undefined) {
    this.#failed = failed;
    this.#resourceServer = resourceServer;
  }

  /** Records a refused credential and returns its refusal. */
  async of(req: IncomingMessage, door: HttpDoor, reason: FailedLogin['reason']): Promise<RequestError> {
    await this.#failed.record({ door, peer: req.socket.remoteAddress ?? 'unknown', reason });
    switch (reason) {
      case 'token invalid':
        return refusal(401, 'TOKEN_INVALID', '', { headers: this.#challenge(req, true) });
      case 'token door':
        return refusal(403, 'TOKEN_DOOR', door);
      case 'process of a service':
        return refusal(403, 'GRANT_REQUIRED', FROM_SERVICE, { hint: SERVICE_HINT });
      case 'wrong token':
        return this.unauthorized(req, true);
      case 'token required':
        return this.unauthorized(req);
      default:
        return refusal(403, 'LOOPBACK_REQUIRED', reason === 'forwarded' ? 'a proxy forwarded the request' : '');
    }
  }

  /** Returns the refusal of a request without a credential, or with a wrong one. */
  unauthorized(req: IncomingMessage, isRefused = false): RequestError {
    return refusal(401, 'TOKEN_REQUIRED', '', { headers: this.#challenge(req, isRefused) });
  }

  /** At the MCP endpoint the challenge names the metadata of the resource server. */
  #challenge(req: IncomingMessage, isRefused: boolean): Readonly<Record<string, string>> {
    const path = parseTarget(req.url ?? '')?.path ?? '';
    const isMcp = entryPointOf(path) === 'mcp';
    const value = isMcp ? this.#resourceServer?.challenge(req, path, isRefused) : undefined;
    return { 'www-authenticate': value ?? 'Bearer' };
  }
}
