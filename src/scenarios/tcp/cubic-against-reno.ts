/** Two ways to come back from a loss. */
import { SeriesLog } from '../../capture/series/series-log.ts';
import { data, faultsByMeaning, lose } from '../../lab/index.ts';
import type { Micros, TcpOptions } from '../../stack/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { StageHost } from '../stage-host.ts';
import { letters, readAndClose } from '../stage-host.ts';

const SEGMENT = 100;
const ROUND_TRIP: Micros = 500 * MILLISECOND;
/** Of both windows, before the loss. */
const LOST = data(25);

interface Side {
  readonly sender: StageHost;
  readonly receiver: StageHost;
}

/** A sender, its own path by satellite, and a receiver at the end of it. */
function sideOf(stage: Stage, congestionControl: TcpOptions['congestionControl'], network: number): Side {
  const name = congestionControl;
  const cable = stage.world.cable({ delay: ROUND_TRIP / 2, rate: 400_000 });
  const faults = faultsByMeaning({ transmit: name, receive: 'receiver' }, [lose(LOST)]);
  const tcp = { congestionControl, maxSegment: SEGMENT, initialWindow: 5, timestamps: false, sack: true, ackDelay: 0 };
  const receiver = { address: `10.0.${network}.2/24`, tcp: { ackDelay: 0 }, series: new SeriesLog() }; // nobody wants its numbers
  return {
    sender: stage.host(name, cable.a, { address: `10.0.${network}.1/24`, tcp, faults }),
    receiver: stage.host(`receiver ${network}`, cable.b, receiver),
  };
}

export const cubicAgainstReno: Scenario = {
  name: 'cubic-against-reno',
  title: 'CUBIC against Reno on a path by satellite',
  chapter: 'Congestion',
  rfcs: ['RFC 9438 §4', 'RFC 5681 §3.1'],
  story:
    'Two senders, each on a path of its own with a round trip of half a second, lose the same segment. Reno halves its window and adds ' +
    'a segment with every round trip, so on a long path it takes long. CUBIC falls to 0.7 and then goes by the clock: fast towards ' +
    'the window at which the loss happened, carefully around it, and fast beyond, however long the round trip.',
  question:
    'What becomes of the two on a path with a round trip of 10 ms? Why does CUBIC stay nearly level for a while before it rises?',
  look: [
    { filter: 'ip.addr == 10.0.1.1 && tcp.analysis.bytes_in_flight', meaning: "CUBIC's flight" },
    { filter: 'ip.addr == 10.0.2.1 && tcp.analysis.bytes_in_flight', meaning: "Reno's flight" },
    { filter: 'frame.comment contains "ssthresh"', meaning: 'the loss, and how far the window falls' },
    { filter: 'frame.interface_name == "reno"', meaning: 'each sender has an interface of its own in the file' },
  ],
  watch: ['cubic', 'reno'],
  expert: { 'tcp.analysis.duplicate_ack': 60, 'tcp.analysis.fast_retransmission': 2, 'tcp.analysis.retransmission': 2 },
  withoutLadder: true,
  plot: 'cwnd',
  async play(stage) {
    const sides = [sideOf(stage, 'cubic', 1), sideOf(stage, 'reno', 2)];
    for (const { sender, receiver } of sides) await stage.acquaint(sender, receiver);
    const sockets = await Promise.all(
      sides.map(({ sender, receiver }) => {
        receiver.listen(9, readAndClose);
        return sender.connect(receiver, 9);
      }),
    );
    const transfers = sockets.map((socket) => socket.write(letters(2000 * SEGMENT)));
    const windows: number[][] = [[], []];
    while (stage.world.now < stage.start + 8 * SECOND) {
      await stage.pause(ROUND_TRIP);
      for (const [index, socket] of sockets.entries()) windows[index]!.push(Math.floor(socket.info().cwnd / SEGMENT));
    }
    for (const socket of sockets) socket.abort();
    await Promise.allSettled(transfers);

    const [cubic, reno] = windows.map(roundTripsToRecover);
    stage.expectThat('CUBIC is back at its old window long before Reno', cubic! > 0 && reno! > 1.5 * cubic!, { cubic, reno });
  },
};

/** How many samples lie between the fall of a window and its being as large as before. */
function roundTripsToRecover(windows: readonly number[]): number {
  const fall = windows.findIndex((window, index) => index > 0 && window < windows[index - 1]!);
  const before = Math.max(...windows.slice(0, fall));
  const back = windows.findIndex((window, index) => index > fall && window >= before);
  return back < 0 ? windows.length : back - fall;
}
