import type { Clock, Entropy, PolicyRegistry, ServiceConnector, ServiceRegistry, Telemetry } from '../ports/index.ts';
import { token } from './token.ts';

export const CLOCK = token<Clock>('Clock');
export const ENTROPY = token<Entropy>('Entropy');
export const SERVICE_CONNECTORS = token<readonly ServiceConnector[]>('ServiceConnectors');
export const SERVICE_REGISTRY = token<ServiceRegistry>('ServiceRegistry');
export const TELEMETRY = token<Telemetry>('Telemetry');
export const POLICY_REGISTRY = token<PolicyRegistry>('PolicyRegistry');
