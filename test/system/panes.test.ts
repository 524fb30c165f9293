/** Panes and usage over the wire of a real daemon, as the dashboard asks for them. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ACK_EVERY, type ServerFrame } from '../../src/protocol/frames.ts';
import type { DaemonInfo, ProcessInfo, ProcessList, UsageSample } from '../../src/protocol/messages.ts';
import { SseParser } from '../../src/protocol/sse.ts';
import { cellsOf } from '../../src/terminal/cells.ts';
import type { PaneFrame } from '../../src/terminal/pane.ts';
import type { SpanDocument } from '../../src/terminal/render.ts';
import { onCleanup } from '../support/world.ts';
import { House, script } from './attach-support.ts';

/** Things that a test waits for, looked at again whenever something came. */
class Coming {
  private checks: (() => void)[] = [];

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>(resolve => this.checks.push(resolve));
  }

  protected came(): void {
    for (const check of this.checks.splice(0)) check();
  }
}

class PaneClient extends Coming {
  readonly frames: ServerFrame[] = [];
  readonly rows = new Map<number, readonly SpanDocument[]>();
  last: PaneFrame | undefined;
  pictures = 0;
  unread = 0;
  acknowledges = true;
  isClosed = false;
  readonly webSocket: WebSocket;
  private got = 0;

  constructor(house: House, name: string, query: Readonly<Record<string, string>>) {
    super();
    const search = new URLSearchParams({ pane: '1', acks: '1', readonly: '1', cols: '20', rows: '5', ...query });
    this.webSocket = new WebSocket(`ws+unix://${house.bench.socket}:/v1/processes/${name}/attach?${search}`);
    onCleanup(() => this.webSocket.terminate());
    this.webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.take(data);
      else this.frames.push(JSON.parse(data.toString('utf8')) as ServerFrame);
      this.came();
    });
    this.webSocket.on('close', () => {
      this.isClosed = true;
      this.came();
    });
  }

  /** The cells of a row as texts, one a column. */
  cells(y: number): string[] {
    return cellsOf(this.rows.get(y) ?? [], 20).map(({ text, width }) => (width === 0 ? '<' : text));
  }

  get text(): string {
    const texts = [...this.rows].sort(([a], [b]) => a - b).map(([, spans]) => spans.map(({ text }) => text).join(''));
    return texts.join('\n');
  }

  async untilShown(text: string): Promise<void> {
    await this.until(() => this.text.includes(text));
  }

  acknowledge(): void {
    this.webSocket.send(JSON.stringify({ type: 'ack', bytes: this.got }));
    this.unread = 0;
  }

  private take(data: Buffer): void {
    const frame = JSON.parse(data.toString('utf8')) as PaneFrame;
    for (const { y, spans } of frame.lines) this.rows.set(y, spans);
    this.last = frame;
    this.pictures++;
    this.got += data.length;
    this.unread += data.length;
    if (this.acknowledges) this.acknowledge();
  }
}

/** A reader of `/v1/usage`. */
class UsageClient extends Coming {
  readonly samples: UsageSample[] = [];
  private readonly leave: () => void;

  constructor(house: House) {
    super();
    const parser = new SseParser();
    const asked = request({ socketPath: house.bench.socket, path: '/v1/usage', agent: false }, response => {
      response.on('error', () => {}); // it was left
      response.on('data', (chunk: Buffer) => {
        for (const { event, data } of parser.push(chunk)) {
          if (event === 'usage') this.samples.push(JSON.parse(data) as UsageSample);
        }
        this.came();
      });
    });
    asked.on('error', () => {}); // as above
    asked.end();
    this.leave = () => asked.destroy();
    onCleanup(this.leave);
  }

  /** The last that was told of a process. */
  of(name: string): UsageSample['processes'][number] | undefined {
    return this.samples.flatMap(({ processes }) => processes.filter(process => process.name === name)).at(-1);
  }

  close(): void {
    this.leave();
  }
}

test('a pane sees the cells of a program through all its lives, typed into or not, and resizes nothing', async () => {
  const house = await House.open({
    wide: script(
      'printf "中文\\033[31m😀e\\314\\201\\033[m|\\r\\n"; stty size; ' +
        'while read -r line; do case $line in end) exit 3;; flood) while :; do i=$((i + 1)); printf "\\033[H%s" "$(seq $i $((i + 300)) | tr -d "\\n")"; done;; *) echo "got $line";; esac; done',
    ),
  });
  const pane = new PaneClient(house, 'wide', {});
  await pane.untilShown('40 120');
  expect(pane.frames[0]).toMatchObject({ type: 'attached', name: 'wide', state: 'RUNNING', cols: 120, rows: 40 });
  expect(pane.cells(0).slice(0, 9)).toEqual(['中', '<', '文', '<', '😀', '<', 'e\u0301', '|', ' ']);
  expect(pane.rows.get(0)?.[1]).toEqual({ text: '😀e\u0301', fg: 1 });
  const typist = new PaneClient(house, 'wide', { readonly: '0', label: 'typist' });
  await typist.until(() => typist.last !== undefined);
  typist.webSocket.send(Buffer.from('hello\r'));
  await pane.untilShown('got hello');
  const viewers = async (): Promise<unknown[]> => {
    const { json } = await house.daemon.call('GET', '/v1/processes/wide');
    return (json as ProcessInfo).viewers.map(({ label, drives }) => [label, drives]);
  };
  expect(await viewers()).toEqual([['typist', false]]);
  // The size of the pane is its own affair.
  pane.webSocket.send(JSON.stringify({ type: 'size', cols: 6, rows: 2 }));
  await pane.until(() => pane.last?.lines.length === 2);
  expect([pane.last?.cols, pane.last?.rows]).toEqual([120, 40]);
  // It stays over the end of a life and the beginning of the next one.
  typist.webSocket.send(Buffer.from('end\r'));
  await pane.until(() => pane.frames.some(frame => frame.type === 'state' && frame.state === 'EXITED'));
  await house.ctl('start', 'wide');
  await typist.untilShown('wide exited with 3');
  await typist.untilShown('40 120');
  expect([pane.isClosed, typist.isClosed]).toEqual([false, false]);
  // One that reads nothing costs a picture or two, while the program goes on; then it gets the newest.
  pane.acknowledges = false;
  pane.webSocket.send(JSON.stringify({ type: 'size', cols: 80, rows: 24 }));
  typist.webSocket.send(Buffer.from('flood\r'));
  const seen = typist.pictures;
  await typist.until(() => typist.pictures > seen + 8);
  expect(pane.unread).toBeLessThan(ACK_EVERY + 8 * 1024);
  const before = pane.pictures;
  pane.acknowledge();
  await pane.until(() => pane.pictures > before);
  // `detach` sends away who may type, and a watching pane is nobody's business.
  expect((await house.ctl('detach', 'wide')).out).toContain('1');
  await typist.until(() => typist.isClosed);
  expect(pane.isClosed).toBe(false);
  const { text } = await house.daemon.call('GET', '/v1/events?since=0&follow=0');
  expect(text.match(/event: viewer\.\w+/g)).toEqual(['event: viewer.attached', 'event: viewer.detached']);
  expect(text).toContain('"typed":16');
  // Once the process is out of use there is nothing to look at.
  await house.ctl('stop', 'wide');
  expect((await house.ctl('remove', 'wide')).out).toBe('wide: removed process group\n');
  await pane.until(() => pane.isClosed);
  expect(pane.frames.at(-1)).toMatchObject({ type: 'exit', code: 143 });
});

test('usage is that of whole sessions, and is known while somebody looks', async () => {
  const busy = `${process.execPath} -e 'const b = Buffer.alloc(64e6, 1); process.stdout.write("\\x07busy"); for (;;) b[0]++' & wait`;
  const house = await House.open({
    busy: script(busy),
    idle: script('exec sleep 1000'),
    off: { cmd: ['true'], autostart: false },
  });
  await house.untilPrinted('busy', 'busy');
  const idle = async (): Promise<ProcessInfo> =>
    (await house.daemon.call('GET', '/v1/processes/busy')).json as ProcessInfo;
  expect(await idle()).toMatchObject({ cpu: null, memory: null, bells: 1, lastOutput: expect.any(Number) });
  const client = new UsageClient(house);
  await client.until(() => (client.of('busy')?.cpu ?? 0) > 5);
  expect(client.samples[0]?.processes.map(({ name, cpu }) => [name, cpu])).toEqual([
    ['busy', null],
    ['idle', null],
    ['off', null],
  ]);
  expect(client.of('busy')).toMatchObject({ processes: 2, bells: 1, printed: 5 });
  expect(client.of('busy')?.memory).toBeGreaterThan(64e6);
  expect(client.of('busy')?.cpu).toBeLessThanOrEqual(100 * 4);
  expect(client.of('idle')).toMatchObject({ processes: 1, cpu: 0, bells: 0, printed: 0, quietFor: null });
  expect(client.of('off')).toMatchObject({ cpu: null, memory: null, processes: 0 });
  expect(client.samples.at(-1)?.daemon).toMatchObject({ cpu: expect.any(Number), memory: expect.any(Number) });
  expect((await idle()).memory).toBeGreaterThan(64e6);
  client.close();
  while ((await idle()).memory !== null); // nobody looks any more
  const { counts } = (await house.daemon.call('GET', '/v1/daemon')).json as DaemonInfo;
  expect(counts).toEqual({ RUNNING: 2, STOPPED: 1 });
  const { processes } = (await house.daemon.call('GET', '/v1/processes?usage=1&select=busy')).json as ProcessList;
  expect(processes[0]?.cpu).toBeGreaterThan(1);
  expect((await house.ctl('status', '-u', 'busy')).out).toMatch(
    /^busy +RUNNING +pid \d+, uptime [\d:]+, cpu \d+\.\d%, memory \d+\.\dMB\n$/,
  );
  expect((await house.ctl('status', 'busy')).out).not.toContain('cpu');
  // The daemon's end sends panes away, and waits for none that does not answer.
  const [pane, deaf] = [new PaneClient(house, 'idle', {}), new PaneClient(house, 'idle', {})];
  await Promise.all([pane, deaf].map(client => client.until(() => client.last !== undefined)));
  deaf.webSocket.pause();
  await house.daemon.end();
  expect(pane.frames.at(-1)).toEqual({ type: 'detach', text: 'the daemon ends', rows: null });
});
