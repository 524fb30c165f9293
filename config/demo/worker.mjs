// Stands in for a worker: waits for work that never comes, and ends in order when it is sent SIGUSR1 or SIGTERM.
console.log(`worker ${process.pid} is up${process.argv.includes('--no-prefork') ? ', without forking' : ''}`);

const idle = setInterval(() => {}, 60_000);

function finish(signal) {
  console.log(`worker ${process.pid} got ${signal} and ends`);
  clearInterval(idle);
}
process.on('SIGUSR1', finish);
process.on('SIGTERM', finish);
