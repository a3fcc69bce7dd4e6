import type { Clock, Entropy, PolicyRegistry, ServiceConnector, ServiceRegistry, Telemetry } from '../ports/index.ts';

declare const produces: unique symbol;

/** A container key that knows, at compile time only, what it resolves to. */
export type Token<T> = symbol & { readonly [produces]: T };

/** The description is for error messages; identity is the symbol's own. */
export function token<T>(description: string): Token<T> {
  return Symbol(description) as Token<T>;
}

export const CLOCK = token<Clock>('Clock');
export const ENTROPY = token<Entropy>('Entropy');
export const SERVICE_CONNECTORS = token<readonly ServiceConnector[]>('ServiceConnectors');
export const SERVICE_REGISTRY = token<ServiceRegistry>('ServiceRegistry');
export const TELEMETRY = token<Telemetry>('Telemetry');
export const POLICY_REGISTRY = token<PolicyRegistry>('PolicyRegistry');
