import { ClarityError } from '@clarity-runtime/core';
import { CancellationSource, toPrintableAscii, VERSION } from '@clarity-runtime/core/internal';
import type { Egress, EgressRequest, EgressResponse } from '@clarity-runtime/core/ports';
import { readBounded } from '../http/bounded-body.ts';
import { EndpointRules } from '../http/endpoint-rules.ts';
import { HttpClient, type HttpSend } from '../http/http-client.ts';
import type { HttpConnectorOptions } from '../http/options.ts';
import { proxyOf } from '../http/proxy.ts';
import { readTlsSettings } from '../http/tls-settings.ts';
import type { ResponseHeaders } from '../http/upstream-response.ts';

/** Settings of `httpEgress`, as those of `httpConnector`. */
export type HttpEgressOptions = Pick<
  HttpConnectorOptions,
  'allowedHosts' | 'denyPrivate' | 'ownAddresses' | 'resolve' | 'environment'
>;

/**
 * Sends requests of guests. Each has a connection of its own, so that no connection is shared by services, and every address
 * is resolved and checked for the request that uses it.
 */
export class EgressSender implements Egress {
  readonly #rules: EndpointRules;
  readonly #environment: NonNullable<HttpEgressOptions['environment']>;

  constructor(options: HttpEgressOptions) {
    this.#rules = new EndpointRules(options);
    this.#environment = options.environment ?? {};
  }

  async send(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    const { method, url, headers, body, maxBytes, timeoutMs } = request;
    const proxy = proxyOf(url, undefined, this.#environment);
    const client = await HttpClient.open(url, this.#rules, {
      tls: await readTlsSettings(undefined, this.#environment),
      ...(proxy === undefined ? {} : { proxy }),
    });
    const cancellation = new CancellationSource();
    const time = { isOver: false };
    const end = (): void => {
      cancellation.cancel();
    };
    const timer = setTimeout(() => {
      time.isOver = true;
      end();
    }, timeoutMs);
    signal.addEventListener('abort', end, { once: true });
    try {
      const exchange = client.prepare({
        method: method as HttpSend['method'],
        url,
        headers: [...defaultHeaders(headers), ...headers.flat()],
        ...(body === undefined ? {} : { body }),
        isRepeatable: false,
        cancellation,
      });
      if (signal.aborted) end();
      client.dispatcher.dispatch(exchange.options, exchange);
      const response = await exchange.response;
      return {
        status: response.status,
        headers: headerList(response.headers),
        body: await readBounded(response, maxBytes),
      };
    } catch (error) {
      if (signal.aborted) throw new ClarityError('CALL_CANCELLED', '', { cause: error });
      if (!time.isOver) throw error;
      const where = toPrintableAscii(url.host, 200);
      throw new ClarityError('CALL_TIMED_OUT', `${where} did not answer within ${String(timeoutMs)} ms`);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      client.close();
    }
  }
}

function defaultHeaders(headers: EgressRequest['headers']): string[] {
  const given = new Set(headers.map(([name]) => name));
  const defaults = [
    ['user-agent', `clarity-runtime/${VERSION}`],
    ['accept-encoding', 'identity'],
  ] as const;
  return defaults.filter(([name]) => !given.has(name)).flat();
}

const headerList = (headers: ResponseHeaders): EgressResponse['headers'] =>
  Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((each) => [name, each] as const),
  );
