// Compiled with core's own settings, this file must fail on every line: a wall nobody tests opens silently.
import 'node:fs';

setTimeout(() => {}, 0);
process.exit();
Buffer.from('');
console.log('');
