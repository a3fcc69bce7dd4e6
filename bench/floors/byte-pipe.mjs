// Baseline of a proxied call: forwards bytes to the target and its bytes back. Argument: URL of the target.
import { Agent, createServer, request } from 'node:http';
import process from 'node:process';

const target = process.argv[2];
const agent = new Agent({ keepAlive: true });
const HOP_BY_HOP = new Set(['host', 'connection', 'keep-alive']);
const server = createServer((req, res) => {
  const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
  const out = request(target, { method: req.method, agent, headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  out.on('error', () => res.destroy());
  req.pipe(out);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`));
