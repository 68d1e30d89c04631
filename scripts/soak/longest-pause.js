/** How long each direction of the one TCP conversation in a capture ever went without new text, by tshark. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const FIELDS = ['frame.time_epoch', 'ip.src', 'tcp.seq', 'tcp.len'];

/** @returns one entry per source address: the longest time between two segments that went beyond all before them */
export async function longestPause(capture) {
  const args = ['-r', capture, '-Y', 'tcp.len > 0', '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])];
  const tshark = spawn('tshark', ['-n', '-o', 'tcp.analyze_sequence_numbers:TRUE', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const sources = new Map();
  for await (const line of createInterface({ input: tshark.stdout })) {
    const [time, source, seq, length] = line.split('\t');
    const end = Number(seq) + Number(length);
    const so = sources.get(source) ?? { source, end: 0, at: Number(time), seconds: 0 };
    if (end > so.end) {
      so.seconds = Math.max(so.seconds, Number(time) - so.at);
      so.end = end;
      so.at = Number(time);
    }
    sources.set(source, so);
  }
  return [...sources.values()];
}
