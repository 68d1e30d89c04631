/** Which story yields the trace that an exercise of a book or course asks for. */

export interface TextbookLab {
  /** As the book calls it. */
  readonly lab: string;
  /** What the exercise looks for. */
  readonly asks: string;
  /** Names of scenarios. */
  readonly scenarios: readonly string[];
  /** A file of `src/scenarios/textbook/` that says whether a student's own capture has it, without its ending. */
  readonly rules?: string;
}

export interface Textbook {
  readonly book: string;
  readonly labs: readonly TextbookLab[];
}

export const TEXTBOOKS: readonly Textbook[] = [
  {
    book: 'Kurose and Ross, Computer Networking, Wireshark labs',
    labs: [
      {
        lab: 'HTTP',
        asks: 'a conditional GET, a long document, embedded objects',
        scenarios: ['http-conditional-get', 'http-long-document', 'http-embedded-objects'],
      },
      {
        lab: 'TCP',
        asks: 'an upload of 150 kB: first numbers, round-trip times, window, slow start',
        scenarios: ['tcp-upload-150k', 'slow-start'],
        rules: 'tcp',
      },
      {
        lab: 'UDP',
        asks: 'header fields, and what comes back from a port without a listener',
        scenarios: ['udp-three-datagrams', 'udp-echo', 'port-unreachable'],
      },
      {
        lab: 'IP',
        asks: 'time exceeded hop by hop, and datagrams in fragments',
        scenarios: ['traceroute', 'fragmentation', 'fragment-lost'],
        rules: 'ip',
      },
      { lab: 'NAT', asks: 'the same packet at home and at the provider', scenarios: ['nat', 'carrier-nat', 'port-forwarding'] },
      { lab: 'DHCP', asks: 'discover, offer, request, ack', scenarios: ['home'] },
      { lab: 'ICMP', asks: 'ping and traceroute', scenarios: ['ping', 'traceroute'], rules: 'icmp' },
      {
        lab: 'Ethernet and ARP',
        asks: 'a broadcast that asks, an answer to one, and the gateway’s address on frames that go further',
        scenarios: ['arp', 'switch-learning', 'gateway'],
      },
    ],
  },
  {
    book: 'Stevens, TCP/IP Illustrated, volume 1',
    labs: [
      {
        lab: 'ARP: examples',
        asks: 'request and answer, no answer, two with one address, ageing',
        scenarios: ['arp', 'arp-conflict', 'arp-ageing'],
      },
      { lab: 'ICMP: port unreachable', asks: 'what the error quotes', scenarios: ['port-unreachable'] },
      { lab: 'Traceroute', asks: 'how the time to live finds the routers', scenarios: ['traceroute', 'nat-traceroute'] },
      {
        lab: 'IP fragmentation and path MTU',
        asks: 'offsets, more fragments, fragmentation needed',
        scenarios: ['fragmentation', 'path-mtu-discovery', 'path-mtu-black-hole'],
      },
      {
        lab: 'TCP: establishment and termination',
        asks: 'half-close, simultaneous open and close, reset, time-out, TIME-WAIT',
        scenarios: [
          'handshake',
          'connection-timeout',
          'half-close',
          'simultaneous-open',
          'simultaneous-close',
          'refused',
          'reset-unread',
          'time-wait-last-ack',
        ],
      },
      {
        lab: 'TCP: interactive data',
        asks: 'delayed ACKs and Nagle’s algorithm',
        scenarios: ['delayed-ack', 'nagle', 'nagle-delayed-ack'],
      },
      {
        lab: 'TCP: bulk data',
        asks: 'the sliding window and slow start',
        scenarios: ['sliding-window', 'slow-start', 'window-scaling'],
      },
      {
        lab: 'TCP: time-out and retransmission',
        asks: 'the series of time-outs, Karn, congestion avoidance, fast retransmit',
        scenarios: ['timeout-backoff', 'congestion-avoidance', 'fast-retransmit'],
      },
      { lab: 'TCP: persist timer', asks: 'zero windows, probes, silly windows', scenarios: ['zero-window', 'silly-window'] },
      {
        lab: 'TCP: keep-alive',
        asks: 'the four cases',
        scenarios: ['keep-alive-up', 'keep-alive-crashed', 'keep-alive-rebooted', 'keep-alive-unreachable'],
      },
    ],
  },
  {
    book: 'SEED labs, network security',
    labs: [
      {
        lab: 'TCP attacks',
        asks: 'SYN flood with and without cookies, reset, injection',
        scenarios: ['syn-flood', 'syn-cookies', 'reset-not-exact', 'injection-attempts'],
      },
      { lab: 'Firewall', asks: 'stateless and stateful rules', scenarios: ['firewall-drop-reject', 'firewall-state'] },
    ],
  },
  {
    book: 'Bufferbloat (Mininet; Stanford, Washington, Toronto, Georgia Tech)',
    labs: [
      {
        lab: 'Bufferbloat',
        asks: 'window, round-trip time and queue over time; the page behind an upload, with a long and a short queue',
        scenarios: ['bufferbloat', 'web-behind-an-upload'],
      },
    ],
  },
];
