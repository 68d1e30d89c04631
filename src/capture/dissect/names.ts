/** What the numbers in headers are called, in the words of their RFCs. */

const ETHER_TYPES: Record<number, string> = {
  2048: 'IPv4',
  2054: 'ARP',
  2114: 'Wake-on-LAN',
  32821: 'RARP',
  33024: '802.1Q',
  34525: 'IPv6',
  34824: 'Ethernet flow control',
  34887: 'MPLS',
  34915: 'PPPoE discovery',
  34916: 'PPPoE session',
  34958: '802.1X',
  34984: '802.1ad',
  35020: 'LLDP',
  35063: 'PTP',
};

export const etherTypeName = (type: number): string => ETHER_TYPES[type] ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`;

/** AF_INET6 in the systems that write LINKTYPE_NULL: Linux and Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
export const IPV6_FAMILIES: readonly number[] = [10, 24, 28, 30];

const PROTOCOLS: Record<number, string> = {
  0: 'hop-by-hop options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4 in IP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6 in IP',
  43: 'IPv6 routing header',
  44: 'IPv6 fragment',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'no next header',
  60: 'destination options',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  132: 'SCTP',
};

export const protocolName = (protocol: number): string => PROTOCOLS[protocol] ?? `protocol ${protocol}`;

/** RFC 791 §3.1 and the IANA registry. */
const IPV4_OPTIONS: Record<number, string> = {
  0: 'end of options',
  1: 'no operation',
  7: 'record route',
  68: 'timestamp',
  130: 'security',
  131: 'loose source route',
  136: 'stream id',
  137: 'strict source route',
  148: 'router alert',
};

export const ipv4OptionName = (kind: number): string => IPV4_OPTIONS[kind] ?? `option ${kind}`;

/** IEEE 802.2 service access points. */
const SERVICE_ACCESS_POINTS: Record<number, string> = {
  6: 'IP',
  66: 'STP',
  170: 'SNAP',
  224: 'IPX',
  240: 'NetBIOS',
  254: 'OSI',
};

export const sapName = (sap: number): string => SERVICE_ACCESS_POINTS[sap] ?? `SAP 0x${sap.toString(16).padStart(2, '0')}`;

/** RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1. */
const UNREACHABLE: readonly string[] = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'network unknown',
  'host unknown',
  'source host isolated',
  'network prohibited',
  'host prohibited',
  'network unreachable for this type of service',
  'host unreachable for this type of service',
  'administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
];
const REDIRECT: readonly string[] = ['network', 'host', 'network and type of service', 'host and type of service'];
const TIME_EXCEEDED: readonly string[] = ['time to live exceeded', 'reassembly time exceeded'];
const PARAMETER_PROBLEM: readonly string[] = ['parameter problem', 'required option missing', 'bad length'];

const ICMP_TYPES: Record<number, string> = {
  0: 'echo reply',
  4: 'source quench',
  8: 'echo request',
  9: 'router advertisement',
  10: 'router solicitation',
  13: 'timestamp request',
  14: 'timestamp reply',
  15: 'information request',
  16: 'information reply',
  17: 'address mask request',
  18: 'address mask reply',
  42: 'extended echo request',
  43: 'extended echo reply',
};

export function icmpName(type: number, code: number): string {
  switch (type) {
    case 3:
      return UNREACHABLE[code] ?? `unreachable, code ${code}`;
    case 5:
      return `redirect for ${REDIRECT[code] ?? `code ${code}`}`;
    case 11:
      return TIME_EXCEEDED[code] ?? `time exceeded, code ${code}`;
    case 12:
      return PARAMETER_PROBLEM[code] ?? `parameter problem, code ${code}`;
    default:
      return ICMP_TYPES[type] ?? `type ${type}, code ${code}`;
  }
}

/** RFC 4443 §3. */
const V6_UNREACHABLE: readonly string[] = [
  'no route to destination',
  'administratively prohibited',
  'beyond scope of source address',
  'address unreachable',
  'port unreachable',
  'source address failed policy',
  'reject route to destination',
];
const V6_TIME_EXCEEDED: readonly string[] = ['hop limit exceeded', 'reassembly time exceeded'];
const V6_PARAMETER_PROBLEM: readonly string[] = ['erroneous header field', 'unrecognized next header', 'unrecognized option'];

/** RFC 4443, RFC 4861, RFC 3810. */
const ICMPV6_TYPES: Record<number, string> = {
  2: 'packet too big',
  128: 'echo request',
  129: 'echo reply',
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbor solicitation',
  136: 'neighbor advertisement',
  137: 'redirect',
  143: 'multicast listener report v2',
};

export function icmpv6Name(type: number, code: number): string {
  switch (type) {
    case 1:
      return V6_UNREACHABLE[code] ?? `unreachable, code ${code}`;
    case 3:
      return V6_TIME_EXCEEDED[code] ?? `time exceeded, code ${code}`;
    case 4:
      return V6_PARAMETER_PROBLEM[code] ?? `parameter problem, code ${code}`;
    default:
      return ICMPV6_TYPES[type] ?? `type ${type}, code ${code}`;
  }
}

/** RFC 1035 §3.2.2, RFC 3596, RFC 6891 and the IANA registry. */
const DNS_TYPES: Record<number, string> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  39: 'DNAME',
  41: 'OPT',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  50: 'NSEC3',
  64: 'SVCB',
  65: 'HTTPS',
  252: 'AXFR',
  255: 'ANY',
  257: 'CAA',
};
export const dnsTypeName = (type: number): string => DNS_TYPES[type] ?? `TYPE${type}`; // RFC 3597 §5

/** RFC 1035 §4.1.1, RFC 2136 §2.2. */
const DNS_CODES: readonly string[] = [
  'no error',
  'format error',
  'server failure',
  'no such name',
  'not implemented',
  'refused',
  'name exists',
  'record set exists',
  'record set does not exist',
  'not authoritative',
  'not in zone',
];
export const dnsCodeName = (code: number): string => DNS_CODES[code] ?? `code ${code}`;

const DNS_OPERATIONS: Record<number, string> = { 0: 'query', 1: 'inverse query', 2: 'status', 4: 'notify', 5: 'update' };
export const dnsOperationName = (code: number): string => DNS_OPERATIONS[code] ?? `operation ${code}`;

/** RFC 2131 §3.1 table 2, RFC 3203, RFC 4388. */
const DHCP_MESSAGES: readonly string[] = [
  'BOOTP',
  'discover',
  'offer',
  'request',
  'decline',
  'acknowledgment',
  'negative acknowledgment',
  'release',
  'inform',
  'force renew',
  'lease query',
  'lease unassigned',
  'lease unknown',
  'lease active',
];
export const dhcpMessageName = (type: number): string => DHCP_MESSAGES[type] ?? `message ${type}`;

/** IEEE 802.1D-2004 §9.3. */
const BPDU_TYPES: Record<number, string> = { 0: 'configuration', 2: 'rapid spanning tree', 128: 'topology change notification' };
export const bpduName = (type: number): string => BPDU_TYPES[type] ?? `BPDU type ${type}`;

const BPDU_ROLES: readonly string[] = ['unknown', 'alternate or backup', 'root', 'designated'];
/** @param flags of an RST BPDU */
export const bpduRole = (flags: number): string => BPDU_ROLES[(flags >> 2) & 3]!;
