import * as kit from '@jest/globals';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { contractService, inProcess } from '../support/in-process-connector.ts';

serviceConnectorContract(kit, 'a service in this process', () =>
  Promise.resolve({ connector: inProcess, service: contractService(), close: () => Promise.resolve() }),
);
