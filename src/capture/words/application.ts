/** A message of DNS or DHCP in a few words. */
import type { Dhcp } from '../dissect/dissect-dhcp.ts';
import type { Dns, DnsRecord } from '../dissect/dissect-dns.ts';
import { DNS_RESPONSE } from '../dissect/dissect-dns.ts';
import type { Application } from '../dissect/dissected.ts';
import { dataText } from '../dissect/dns-data.ts';
import { dhcpMessageName, dnsCodeName, dnsOperationName, dnsTypeName } from '../dissect/names.ts';
import { UNSPECIFIED } from './phrases.ts';

const NAMES: Record<Dns['protocol'], string> = { dns: 'DNS', mdns: 'mDNS', llmnr: 'LLMNR' };
/** More answers than these are counted. */
const SHOWN = 3;

export const applicationPhrase = (application: Application): string => applicationParts(application).join(' ');

/** The same in pieces, what matters most first: who has little room leaves out the last. */
export const applicationParts = (application: Application): string[] =>
  application.kind === 'dns' ? [dnsPhrase(application)] : dhcpParts(application);

/** "DNS query A example.com", "DNS answer A example.com: 192.0.2.1", "DNS answer A nowhere.example: no such name" */
function dnsPhrase({ protocol, flags, questions, records, isWhole }: Dns): string {
  const isResponse = (flags & DNS_RESPONSE) !== 0;
  const operation = (flags >>> 11) & 15;
  const verb = operation !== 0 ? `${dnsOperationName(operation)}${isResponse ? ' answer' : ''}` : isResponse ? 'answer' : 'query';
  const asked = questions.map(({ type, name }) => ` ${dnsTypeName(type)} ${name.text || '.'}`).join(',');
  const broken = isWhole ? '' : ' (cut off)';
  if (!isResponse) return `${NAMES[protocol]} ${verb}${asked}${broken}`;
  const code = flags & 15;
  const answers = records.filter(({ section }) => section === 'answer');
  const said = code !== 0 ? dnsCodeName(code) : answers.length === 0 ? 'no answer' : answersPhrase(answers);
  return `${NAMES[protocol]} ${verb}${asked}: ${said}${broken}`;
}

function answersPhrase(answers: readonly DnsRecord[]): string {
  const shown = answers.slice(0, SHOWN).map(({ type, content }) => {
    const text = dataText(content);
    return content.kind === 'address' && text !== '' ? text : `${dnsTypeName(type)}${text === '' ? '' : ` ${text}`}`;
  });
  const more = answers.length > SHOWN ? [`${answers.length - SHOWN} more`] : [];
  return [...shown, ...more].join(', ');
}

/** "DHCP offer", "of 10.0.0.5", "to 02:00:00:00:00:01" */
function dhcpParts({ operation, messageType, clientMac, yourIp, clientIp }: Dhcp): string[] {
  const name = messageType === 0 ? `BOOTP ${operation === 1 ? 'request' : 'reply'}` : `DHCP ${dhcpMessageName(messageType)}`;
  if (operation !== 1) return [name, ...(yourIp === UNSPECIFIED ? [] : [`of ${yourIp}`]), `to ${clientMac}`];
  return [name, `from ${clientMac}`, ...(clientIp === UNSPECIFIED ? [] : [`with ${clientIp}`])];
}
