/** Help that a person can read, and what is said when a command line cannot be understood: one line. */
import type { Command } from 'commander';

const WIDEST = 110;

/** What to try, below the help of each command: by its words without `tapstack`. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, meaning: string])[]>> = {
  tapstack: [
    ['tapstack demo', 'see it work'],
    ['tapstack shell', 'look around yourself'],
    ['tapstack up --private -- curl http://10.0.0.2/', 'one command against the stack'],
    ['tapstack up --help', 'addresses, services, captures, faults'],
  ],
  demo: [
    ['tapstack demo', 'then: wireshark captures/demo.pcapng'],
    ['tapstack demo --memory', 'works everywhere'],
  ],
  up: [
    ['tapstack up --private -- ping -c 3 10.0.0.2', 'no root needed'],
    ['tapstack up --private --loss 20% -- ping -c 9 10.0.0.2', 'a bad line'],
    ['tapstack up --private --fault "lose data 3 from stack" -- curl http://10.0.0.2/', 'and how it is repaired'],
    ['tapstack up --private --tcp sack=off -- curl http://10.0.0.2/', 'for a lecture'],
    ['tapstack up --private --chat 5001 -- python3 test/python/chat_client.py 10.0.0.2 5001 Ada', 'a program of your own'],
    ['sudo tapstack up --upload 5002 --messages 5003 --files . --sites 8081,8082', 'for a class'],
    ['tapstack up --private --dns-zone example.zone -- dig @10.0.0.2 www.example.com', 'answers for a zone of yours'],
    ['sudo tapstack up', 'until Ctrl-C, on a TAP of this machine'],
    ['tapstack up --private --hello 8080 -- wrk -t1 -c32 http://10.0.0.2:8080/', 'how many requests a second'],
    ['tapstack up --private --capture a.pcapng --explain --series a.jsonl -- curl http://10.0.0.2/', 'with all that is known'],
    ['tapstack up --private --capture a.pcapng --capture-raw b.pcapng -- curl http://10.0.0.2/', 'frames, and super-segments'],
    ['sudo tapstack up --capture - | wireshark -k -i -', 'watch live'],
    ['tapstack up --private --capture a.pcapng --snap 96 -- iperf3 -c 10.0.0.2', 'the headers of a million frames'],
    ['tapstack up --private --dhcp-server 10.0.0.100-10.0.0.150 -- udhcpc -nqfi tap0', 'Linux gets its address from the stack'],
    ['sudo tapstack up --tap tap0 --dhcp', 'the stack gets its address from a server on tap0, such as dnsmasq'],
    ['sudo tapstack up --ring 1000', 'kill -USR1 to it writes the last 1,000 frames'],
  ],
  shell: [
    ['tapstack shell', 'then: ping 10.0.0.2'],
    ['tapstack shell --loss 20% --verbose', 'a bad line, every packet printed'],
  ],
  ping: [['tapstack ping --private -c 3 10.0.0.1', 'ask Linux']],
  traceroute: [
    ['tapstack traceroute --private 10.0.0.1', 'to Linux: one hop'],
    ['sudo tapstack traceroute --gateway 10.0.0.1 192.0.2.7', 'through Linux, where it forwards'],
  ],
  get: [['sudo tapstack get http://10.0.0.1:8000/', 'from: python3 -m http.server']],
  capture: [['tapstack capture ladder captures/demo.pcapng', 'after: tapstack demo']],
  lab: [
    ['tapstack lab list', 'what there is'],
    ['tapstack lab run handshake', 'tells the story'],
    ['tapstack lab run all --quiet --out lecture', 'every capture and picture, in a folder'],
  ],
  'lab run': [
    ['tapstack lab run handshake', 'tells the story, writes nothing'],
    ['tapstack lab run handshake --out lecture', 'then: wireshark lecture/handshake.pcapng'],
    ['tapstack lab run home.ts --tables', 'a network of your own, in a file'],
    ['tapstack lab run home.json --json', 'the same as JSON, and what came of it as JSON'],
  ],
  'lab up': [
    ['tapstack lab up home.ts -- curl http://192.168.20.1/', 'Linux at the place that the file has for it'],
    ['tapstack lab up company --tap sw-sales=10.1.1.9/24,via=10.1.1.1 -- ping -c 3 10.9.0.2', 'or at a free port of any lab'],
    ['tapstack lab up home.json --capture home.pcapng -- sh', 'your own shell inside, every wire recorded'],
  ],
  'capture show': [
    ['tapstack capture show trace.pcapng', 'a line for each packet'],
    ['tapstack capture show trace.pcapng --frame 3', 'one frame: its layers, fields and bytes'],
    ['tapstack capture show trace.pcapng --frame 3 -o frame.svg', 'the same for a slide'],
    ['tapstack capture show trace.pcapng --filter "tcp.flags.syn == 1 and ip.src == 10.0.0.1"', "Wireshark's language"],
    ['tapstack capture show trace.pcapng --json --limit 10', 'every field, for other programs'],
  ],
  'capture ladder': [
    ['tapstack capture ladder trace.pcapng', 'on the terminal'],
    ['tapstack capture ladder trace.pcapng -o trace.svg --title "Fast retransmit"', 'for a slide'],
    ['tapstack capture ladder trace.pcapng -o trace.html --all', 'to look around in'],
    ['tapstack capture ladder trace.pcapng --conversation 2 --names client=10.0.0.1', 'one conversation'],
    ['tapstack capture ladder trace.pcapng --format mermaid', 'for Markdown'],
  ],
  'capture replay': [
    ['tapstack capture replay trace.pcapng --host 10.0.0.2', 'does the stack still answer so?'],
    ['tapstack capture replay trace.pcap --host 10.0.0.2 --mask tcp.window --tolerance 100ms', 'on a busy machine'],
  ],
  'capture to-test': [
    ['tapstack capture to-test trace.pcapng --host 10.0.0.2 -o trace.test.ts', 'then: npx vitest run trace.test.ts'],
  ],
  'capture plot': [
    ['tapstack capture plot trace.pcapng -o trace.svg', 'sequence numbers over time'],
    ['tapstack capture plot trace.pcapng --kind rtt -o rtt.html', 'a page in which one can zoom'],
    ['tapstack capture plot trace.pcapng --kind cwnd --series trace.series.jsonl -o cwnd.svg', 'what the stack knew'],
  ],
  iperf3: [
    ['sudo tapstack iperf3 -c 10.0.0.1', 'to: iperf3 -s'],
    ['sudo tapstack iperf3 -c 10.0.0.1 -u -b 100M --bidir', 'datagrams both ways'],
    ['sudo tapstack iperf3 -s', 'from: iperf3 -c 10.0.0.2'],
    ['tapstack up --private -- iperf3 -c 10.0.0.2 -R', 'no root needed'],
  ],
  'capture stats': [['tapstack capture stats captures/demo.pcapng', 'format, interfaces, protocols, rates']],
  'capture conversations': [
    ['tapstack capture conversations captures/demo.pcapng', 'who, how much, how it ended'],
    ['tapstack capture conversations big.pcap --sort retransmissions', 'the troubled ones first'],
  ],
  'capture follow': [
    ['tapstack capture follow captures/demo.pcapng', 'the first conversation with data'],
    ['tapstack capture follow FILE 3 --from b --raw -o page.html', 'what a server sent, as it was'],
    ['tapstack capture follow FILE 10.0.0.1:43210-10.0.0.2:80 --hex', 'by its ends'],
  ],
  'capture cut': [
    ['tapstack capture cut FILE --frames 1-20 -o first.pcapng', 'by number'],
    ['tapstack capture cut FILE --from 1s --to 2.5s -o part.pcapng', 'by time'],
    ['tapstack capture cut FILE --filter "tcp.port == 80" -o web.pcapng', 'by a filter'],
    ['tapstack capture cut FILE --conversation 3 -o - | wireshark -k -i -', 'by conversation'],
    ['tapstack capture cut FILE -o old.pcap --format pcap-microseconds', 'another format'],
  ],
  'capture diff': [
    ['tapstack capture diff before.pcapng after.pcapng', 'two runs of the same lab'],
    ['tapstack capture diff a.pcapng b.pcapng --ignore time,mac,ip.id,isn,ports', 'two recordings of the same thing'],
  ],
  'capture check': [
    ['tapstack capture check trace.pcapng tcp.rules', 'what the trace lacks, line by line'],
    ['tapstack capture check trace.pcapng tcp.rules --json', 'for a grader'],
  ],
  'capture merge': [['tapstack capture merge client.pcapng server.pcap -o both.pcapng', 'both ends of a wire']],
  subnet: [
    ['tapstack subnet 192.168.99.254/20', 'network, mask, hosts, bits, block'],
    ['tapstack subnet 192.168.99.254 255.255.240.0', 'the same with a mask'],
    ['tapstack subnet 10.0.0.1/24 10.0.0.200', 'do they share a network?'],
    ['tapstack subnet 192.168.10.0/24 --split 4', 'four parts; --split /27: parts of that size'],
    ['tapstack subnet 192.168.10.0/24 --hosts sales=50,it=20,link=2', 'a plan with a network for each'],
  ],
  'app chat': [['sudo tapstack app chat 10.0.0.1 5001 --name Ada', 'to: python3 test/python/chat_server.py 10.0.0.1 5001']],
  'app upload': [
    ['sudo tapstack app upload 10.0.0.1 5002 notes.txt', 'to: python3 test/python/upload_server.py 10.0.0.1 5002 folder'],
  ],
  'app message': [
    [
      'sudo tapstack app message 10.0.0.1 5003 hello --file notes.txt',
      'to: python3 test/python/message_server.py 10.0.0.1 5003 folder',
    ],
  ],
  'app udp-echo': [
    ['sudo tapstack app udp-echo 10.0.0.1 5004 hello', 'to: python3 test/python/udp_echo_server.py 10.0.0.1 5004'],
  ],
  resolve: [
    ['sudo tapstack resolve www.example.com --server 10.0.0.1', 'to: dnsmasq --no-daemon --listen-address=10.0.0.1'],
    ['sudo tapstack resolve example.com MX --server 10.0.0.1 --over-tcp', 'mail exchangers, over TCP'],
  ],
  nc: [
    ['echo hello | sudo tapstack nc 10.0.0.1 5000', 'to: nc -l 5000'],
    ['sudo tapstack nc -l 5000', 'from: nc 10.0.0.2 5000'],
  ],
};

/** Wide enough to be read, with the examples at the end. */
export function helpText(command: Command): void {
  command.configureHelp({ helpWidth: Math.min(process.stdout.columns ?? WIDEST, WIDEST), subcommandTerm: termOf });
  const examples = EXAMPLES[wordsOf(command).replace(/^tapstack /, '')] ?? [];
  if (examples.length > 0) command.addHelpText('after', `\nExamples:\n${laidOut(examples).join('\n')}`);
}

/** What it is good for stands behind each line where all of that fits, else above it. */
function laidOut(examples: readonly (readonly [line: string, meaning: string])[]): string[] {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const beside = examples.map(([line, meaning]) => `  ${line.padEnd(widest)}   # ${meaning}`);
  if (beside.every((line) => line.length <= WIDEST)) return beside;
  return examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  ${line}`]);
}

/** "tapstack capture ladder" */
const wordsOf = (command: Command): string =>
  command.parent === null ? command.name() : `${wordsOf(command.parent)} ${command.name()}`;

/** The options of a command are for its own help. */
const termOf = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map((argument) => argument.name())]
    .map((word, index) => (index === 0 ? word : `<${word}>`))
    .join(' ')
    .replace('<command>', '[-- command...]')
    .replace('help [-- command...]', 'help <command>')
    .replace('<where>', '<address> <port>');

/** One line on standard error instead of commander's two. */
export function explainWrongUse(command: Command): void {
  const words = wordsOf(command);
  command.configureOutput({
    outputError: (text, write) =>
      write(
        `tapstack: ${explain(
          text
            .replace(/^error: /, '')
            .replace(/\s+/g, ' ')
            .trim(),
          words,
        )}\n`,
      ),
  });
}

/** @param said commander's words on one line */
function explain(said: string, command: string): string {
  const option = /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*?)' is invalid\. (.*)$/.exec(said);
  if (option !== null) return `${option[1]} ${option[2]}: ${option[3]?.replace(/\.$/, '')}`;
  const argument = /^command-argument value '.*?' is invalid for argument '[\w-]+'\. (.*)$/.exec(said);
  if (argument !== null) return `${argument[1]}`;
  return `${said.replace(/\.$/, '')}; "${command} --help" shows what there is`;
}
