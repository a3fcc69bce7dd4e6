import { startServer } from './server.ts';

const app = await startServer(process.cwd(), Number(process.env['PORT'] ?? 8080));
console.log(`listening on ${app.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app[Symbol.asyncDispose]());
