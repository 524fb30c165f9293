// A small HTTP service: answers each request with how many there were. Only this machine can reach it.
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8017);
let requests = 0;

const server = createServer((request, response) => {
  requests++;
  console.log(`${request.method} ${request.url} (request ${requests})`);
  response.end(`Request ${requests} answered by process ${process.pid}.\n`);
});

server.on('error', error => {
  console.error(`cannot listen on port ${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));

// Asked to stop, it answers what it has begun, and ends.
process.on('SIGTERM', () => {
  console.log('finishing');
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
