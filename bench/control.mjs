// @ts-check
import { Agent, request } from 'node:http';

/** How long an answer may take; more is a daemon that hangs. */
const ANSWER_MS = 30_000;

/** Pause between two tries to reach a daemon that is starting. */
const RETRY_MS = 20;
const RETRIES = 500;

/** Taskmaster's control socket, over connections that are kept, so that a figure is of the daemon and not of connecting. */
export class Control {
  /** @param {string} socketPath */
  constructor(socketPath) {
    this.socketPath = socketPath;
    this.agent = new Agent({ keepAlive: true });
  }

  /**
   * @param {string} path
   * @param {object} [options]
   * @param {'GET' | 'POST'} [options.method]
   * @param {string | Buffer} [options.body]
   * @returns {Promise<any>} the JSON of the reply
   */
  call(path, { method = 'GET', body = '' } = {}) {
    return new Promise((resolve, reject) => {
      const { socketPath, agent } = this;
      const headers = { 'content-length': Buffer.byteLength(body) };
      const asked = request({ socketPath, agent, method, path, headers, timeout: ANSWER_MS }, reply => {
        /** @type {Buffer[]} */
        const chunks = [];
        reply.on('data', chunk => chunks.push(chunk));
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (reply.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${reply.statusCode} ${text}`));
        });
      });
      asked.on('error', reject);
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)));
      asked.end(body);
    });
  }

  /** @param {string} path @param {object} body */
  post(path, body) {
    return this.call(path, { method: 'POST', body: JSON.stringify(body) });
  }

  /** Resolves once the daemon answers. */
  async ready() {
    for (let left = RETRIES; left > 0; left--) {
      try {
        return await this.call('/healthz');
      } catch {
        await new Promise(resolve => setTimeout(resolve, RETRY_MS)); // it does not listen yet
      }
    }
    throw new Error(`taskmasterd does not answer on ${this.socketPath}`);
  }

  /**
   * Asks again and again until told to stop, and says how long each answer took, in milliseconds.
   * @param {string} path
   * @param {object} options
   * @param {number} options.every milliseconds between an answer and the next question
   * @param {AbortSignal} options.until
   */
  async ping(path, { every, until }) {
    /** @type {number[]} */
    const latencies = [];
    while (!until.aborted) {
      const asked = performance.now();
      await this.call(path);
      latencies.push(performance.now() - asked);
      await new Promise(resolve => setTimeout(resolve, every));
    }
    return latencies;
  }

  close() {
    this.agent.destroy();
  }
}
