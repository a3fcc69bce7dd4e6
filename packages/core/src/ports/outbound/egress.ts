/** One HTTP request of a guest. */
export interface EgressRequest {
  /** In upper case. */
  readonly method: string;
  /** An http or https URL without user information. */
  readonly url: URL;
  /** Names in lower case; a repeated field is repeated. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined for a request without a body. */
  readonly body?: Uint8Array;
  /** Maximum bytes of the body of the response. */
  readonly maxBytes: number;
  /** Milliseconds until the response is complete. */
  readonly timeoutMs: number;
}

/** The complete response to an `EgressRequest`. */
export interface EgressResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** Sends HTTP requests under the rules of this runtime for addresses of remote services. */
export interface Egress {
  /**
   * Sends one request and reads its response. Follows no redirects.
   * @throws ClarityError ENDPOINT_FORBIDDEN, PROXY_FORBIDDEN, UPSTREAM_UNREACHABLE, UPSTREAM_LOST, UPSTREAM_PROTOCOL,
   * PAYLOAD_TOO_LARGE, CALL_TIMED_OUT, and CALL_CANCELLED when the signal aborts.
   */
  send(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse>;
}
