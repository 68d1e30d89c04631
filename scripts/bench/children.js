/** Every process that the benchmark starts, so that none of them outlives it. */
import { spawn } from 'node:child_process';

const SAYS_READY = /^ready\b/m;

const notStarted = (command, { code, message }) =>
  new Error(
    code === 'ENOENT' ? `${command} is not installed: see scripts/setup bench` : `${command} cannot be started: ${message}`,
  );

export class Children {
  /** True from `close` on: whoever fails then was only in its way. */
  isClosing = false;
  #live = new Set();

  /** Runs a program to its end. @returns what it printed @throws Error with what it complained of, when it fails */
  async run(command, args, options = {}) {
    const child = this.#start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let [said, complained] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      complained += text;
    });
    const code = await new Promise((resolve, reject) =>
      child.once('close', resolve).once('error', (error) => reject(notStarted(command, error))),
    );
    if (code !== 0)
      throw new Error(`${[command, ...args].join(' ')} ended with ${code}: ${complained.trim() || said.trim() || 'no word'}`);
    return said;
  }

  /** Starts a program that serves, and waits for its word "ready". Its messages, when it has an IPC channel, are told too. */
  async serve(command, args, options = {}) {
    const child = this.#start(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    await new Promise((resolve, reject) => {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (SAYS_READY.test(said)) resolve();
      });
      child.once('error', (error) => reject(notStarted(command, error)));
      child.once('exit', (code) => reject(new Error(`${[command, ...args].join(' ')} ended with ${code} before it was ready`)));
    });
    return child;
  }

  /** Starts a program and lets it run. */
  start(command, args, options = {}) {
    return this.#start(command, args, { stdio: 'ignore', ...options });
  }

  /** Ends all that live, and resolves when they are gone. */
  async close() {
    this.isClosing = true;
    await Promise.all([...this.#live].map((child) => this.end(child)));
  }

  async end(child) {
    if (!this.#live.has(child)) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
  }

  #start(command, args, options) {
    const child = spawn(command, args, options);
    this.#live.add(child);
    child.once('exit', () => this.#live.delete(child));
    child.once('error', () => this.#live.delete(child));
    return child;
  }
}
