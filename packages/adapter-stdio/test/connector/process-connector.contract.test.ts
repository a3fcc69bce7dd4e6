import * as kit from '@jest/globals';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { fixtureService, testConnector } from '../support/process-service.ts';

for (const era of ['legacy', 'modern']) {
  serviceConnectorContract(kit, `a ${era} process`, () =>
    Promise.resolve({
      connector: testConnector(),
      service: fixtureService(era),
      close: () => Promise.resolve(),
    }),
  );
}
