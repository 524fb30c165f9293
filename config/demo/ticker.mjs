// Prints a line each second, in colour: its output is a terminal, as if somebody had started it by hand.
const started = Date.now();
let tick = 0;

setInterval(() => {
  const colour = 31 + (tick % 6);
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `\x1b[${colour}mtick ${tick}\x1b[0m after ${seconds} s, on a ${process.stdout.columns ?? '?'} columns wide terminal`,
  );
  tick++;
}, 1000);
