import { processConnector } from '../../src/index.ts';
import { fixtureService } from './process-service.ts';
import { connect } from './talk.ts';

/** A program that starts one service with a grandchild, prints the process ids and waits for its end. */
const remember = (children: readonly { pid: number }[]): void => {
  process.stdout.write(`${JSON.stringify(children)}\n`);
};
const connector = processConnector({ workspace: process.cwd(), environment: process.env, remember });
await connect(connector, fixtureService(process.argv[2] ?? 'legacy'));
process.stdout.write('ready\n');
setInterval(() => undefined, 1_000);
