// docs/LIFECYCLE.md: the state diagram, found by playing every event in every state that the reducer can reach.

const SPECS = ['always', 'never', 'unexpected'].flatMap(autorestart =>
  ['kill', 'ignore'].map(leftovers => ({
    ...{ fullname: 'p', program: 'p', exitcodes: [0], startretries: 1, starttime: 1000, stopsignal: 'SIGTERM' },
    ...{ stoptime: 1000, stopasgroup: false, killasgroup: false, autorestart, leftovers },
  })),
);

const FAR = 10_000_000;

const by = { who: 'somebody', from: 'somewhere' };

/** What may happen to a life, with the word that the diagram shows. */
function eventsOf({ generation }) {
  const end = (code, alone) => ({ type: 'ended', generation, exit: { code, signal: null }, alone });
  return [
    ['start', { type: 'start', by }],
    ['stop', { type: 'stop', by }],
    ['restart', { type: 'restart', by }],
    ['time passes', { type: 'deadline' }],
    ['forked', { type: 'spawned', generation, pid: 7 }],
    ['cannot be run', { type: 'spawnFailed', generation, reason: 'no' }],
    ['cannot be signalled', { type: 'signalFailed', generation, reason: 'no' }],
    ['ends', end(0, true)],
    ['ends', end(1, true)],
    ['ends, leaving others', end(1, false)],
    ['others gone', { type: 'scanned', generation, members: [] }],
    ['others found', { type: 'scanned', generation, members: [8] }],
  ];
}

/** The page, from the built reducer. */
export async function lifecycleMarkdown(load) {
  const { step } = await load('core/lifecycle.js');
  const { unborn } = await load('core/life.js');
  const arrows = new Map();
  const seen = new Set();
  const visit = (spec, life, now, depth) => {
    const key = JSON.stringify([
      spec.autorestart,
      spec.leftovers,
      life.want,
      life.state.kind,
      life.failures,
      life.state.manner,
      life.state.members,
    ]);
    if (depth === 0 || seen.has(key)) return;
    seen.add(key);
    for (const [word, event] of eventsOf(life)) {
      const later = event.type === 'deadline' ? now + FAR : now;
      const next = step(spec, life, event, later);
      for (const effect of next.effects) {
        if (effect.type !== 'publish' || effect.happening.type !== 'process.state') continue;
        const { from, to } = effect.happening;
        const arrow = `${from} --> ${to}`;
        arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(word));
      }
      visit(spec, next.life, later, depth - 1);
    }
  };
  for (const spec of SPECS) visit(spec, unborn(0), 0, 12);
  const lines = [...arrows].map(([arrow, words]) => `  ${arrow}: ${[...words].join(' / ')}`).sort();
  return `# The life of a process

Printed from the reducer, \`src/core/lifecycle.ts\`, by playing every event in every state it can reach; do not edit.
The states are supervisord's. The essay at the top of that file says what each pair of \`want\` and \`state\` means.

\`\`\`mermaid
stateDiagram-v2
  [*] --> STOPPED
${lines.join('\n')}
\`\`\`

RUNNING → EXITED → STARTING is a restart by policy: EXITED is passed through. BACKOFF is a failed start that is tried
again, a crash loop that waits for its pace (ten restarts at once, then one a second), or a dead leader whose leftovers
are being ended before the restart; after a stop that last one is STOPPING.
`;
}
