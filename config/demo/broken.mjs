// Never starts properly: it fails before its `starttime` is over, each time.
setTimeout(() => {
  console.error('cannot find what I need: giving up');
  process.exit(1);
}, 100);
