/** Every public name of DNS, listed by hand. */

export { answerFromZones } from './authority.ts';
export { CACHE_COLUMNS, cacheTable, DnsCache } from './cache.ts';
export type { DnsClientOptions, DnsFailure } from './client.ts';
export { DnsClient, DnsError } from './client.ts';
export { dataText, questionType } from './data-text.ts';
export type { ForwarderOptions } from './forwarder.ts';
export { Forwarder } from './forwarder.ts';
export { LocalNames, parseHosts, withLocalNames } from './local-names.ts';
export type { DnsMessage, DnsQuestion, DnsRecord, RecordData } from './message.ts';
export { NOERROR, NXDOMAIN, queryFor, rcodeName, responseTo, typeOf } from './message.ts';
export { problemOfName, reverseName, shown } from './name.ts';
export type { RecursiveOptions } from './recursion.ts';
export { RecursiveResolver } from './recursion.ts';
export type { Resolution, Resolver } from './resolution.ts';
export { answerByResolver } from './resolution.ts';
export type { Answerer, DnsServerOptions, DnsService } from './server.ts';
export { DNS_PORT, startDns } from './server.ts';
export { decode, encode } from './wire.ts';
export { Zone } from './zone.ts';
export { parseZone } from './zone-file.ts';
export { ZoneError } from './zone-lines.ts';
export { zoneOf } from './zone-object.ts';
