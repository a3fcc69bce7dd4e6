// Baseline of a list: a server that answers every request with the bytes that it received first.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';

let stored;
const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    stored ??= Buffer.concat(chunks);
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': stored.length });
    res.end(stored);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`));
