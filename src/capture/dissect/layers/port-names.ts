/** The names of ports that a lecture meets; the same numbers for TCP and UDP. */

const NAMES: Readonly<Record<number, string>> = {
  7: 'echo',
  9: 'discard',
  13: 'daytime',
  19: 'chargen',
  20: 'FTP data',
  21: 'FTP',
  22: 'SSH',
  23: 'telnet',
  25: 'SMTP',
  53: 'DNS',
  67: 'DHCP server',
  68: 'DHCP client',
  69: 'TFTP',
  80: 'HTTP',
  110: 'POP3',
  123: 'NTP',
  143: 'IMAP',
  161: 'SNMP',
  179: 'BGP',
  443: 'HTTPS',
  5353: 'mDNS',
  5355: 'LLMNR',
};

export const portName = (port: number): string => NAMES[port] ?? '';
