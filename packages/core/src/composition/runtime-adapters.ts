import type {
  ArtifactCleaner,
  ClientConfigs,
  Clock,
  CredentialProvider,
  Entropy,
  PolicyRegistry,
  SecretStore,
  ServiceConnector,
  ServiceRegistry,
  Telemetry,
} from '../ports/index.ts';
import type { ControlAdapters } from './bind-control.ts';

/** Every adapter has a default: stores in memory, the machine's clock and randomness, no connectors. */
export interface RuntimeAdapters extends ControlAdapters {
  readonly registry?: ServiceRegistry;
  readonly telemetry?: Telemetry;
  readonly policies?: PolicyRegistry;
  readonly connectors?: readonly ServiceConnector[];
  readonly secretStore?: SecretStore;
  /** Where references to credentials lead; secrets of the store alone when absent. */
  readonly credentialProviders?: readonly CredentialProvider[];
  /** The AI clients of this machine, and how they reach this runtime; none when absent. */
  readonly clientConfigs?: ClientConfigs;
  readonly clock?: Clock;
  readonly entropy?: Entropy;
  /** What deletes the artifacts of a service that is removed; without it they stay. */
  readonly cleaner?: ArtifactCleaner;
  /** What else ends with the runtime, in this order, after its services and its stores; a WASM host for one. */
  readonly owned?: readonly AsyncDisposable[];
}
