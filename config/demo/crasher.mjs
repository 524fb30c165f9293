// Runs for 5 to 15 seconds, then fails: mostly with exit code 1, sometimes by a signal.
const seconds = 5 + Math.random() * 10;
console.log(`up; this will not last`);

setTimeout(() => {
  if (Math.random() < 0.25) {
    console.log('killing itself');
    process.kill(process.pid, 'SIGKILL');
  }
  console.error('something went wrong');
  process.exit(1);
}, seconds * 1000);
