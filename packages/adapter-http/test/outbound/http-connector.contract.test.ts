import * as kit from '@jest/globals';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { httpConnector } from '../../src/index.ts';
import { mcpUpstream } from '../support/mcp-upstream.ts';
import { remoteService } from '../support/remote-service.ts';

for (const era of ['legacy', 'modern'] as const) {
  serviceConnectorContract(kit, `a ${era} server behind Streamable HTTP`, async () => {
    const upstream = await mcpUpstream({ era });
    return {
      connector: httpConnector(),
      service: remoteService(upstream.url),
      close: () => upstream[Symbol.asyncDispose](),
    };
  });
}
