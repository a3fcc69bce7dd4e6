/** The official SDK in the process of a runtime: its clients call the runtime, its servers are services. */
export { createClientTransport, type ClientTransportOptions } from './client-transport.ts';
export {
  sdkServerConnector,
  type SdkServer,
  type SdkServerConnector,
  type SdkServerOptions,
} from './sdk-server-connector.ts';
export type { SdkTransport } from './sdk-transport.ts';
