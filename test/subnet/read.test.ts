/** Addresses and masks as people write them, and what they are told. */
import { expect, test } from 'vitest';
import { formatV4 } from '../../src/stack/wire/ip-address.ts';
import { readParts, readStandings, readWishes } from '../../src/subnet/read.ts';

const read = (...words: readonly string[]): string =>
  readStandings(words)
    .map(({ address, prefix }) => `${formatV4(address)}${prefix === undefined ? '' : ` in ${prefix}`}`)
    .join(' and ');

test.each([
  [['10.1.2.3/8'], '10.1.2.3 in 10.0.0.0/8'],
  [['10.1.2.3', '255.255.0.0'], '10.1.2.3 in 10.1.0.0/16'],
  [['10.1.2.3/255.255.255.252'], '10.1.2.3 in 10.1.2.0/30'],
  [['10.1.2.3', '0xfffff000'], '10.1.2.3 in 10.1.0.0/20'],
  [['10.1.2.3', '0.0.0.255'], '10.1.2.3 in 10.1.2.0/24'],
  [['10.1.2.3', '255.255.255.255'], '10.1.2.3 in 10.1.2.3/32'],
  [['10.1.2.3', '0.0.0.0'], '10.1.2.3 in 0.0.0.0/0'],
  [['8.8.8.8'], '8.8.8.8'],
  [['10.0.0.1/24', '10.0.0.200'], '10.0.0.1 in 10.0.0.0/24 and 10.0.0.200'],
  [['10.0.0.1', '10.0.0.2/30'], '10.0.0.1 and 10.0.0.2 in 10.0.0.0/30'],
])('%o is %s', (words, meaning) => {
  expect(read(...words)).toBe(meaning);
});

test.each([
  [['10.0.0.256/8'], '256 is more than 255'],
  [['10.0.0/8'], '"10.0.0" is not an IPv4 address: it has 3 parts instead of four'],
  [['10.0..1/8'], 'a part is empty'],
  [['010.0.0.1/8'], '"010" begins with a zero'],
  [['fe80::1/64'], 'looks like IPv6'],
  [['server/24'], 'four numbers from 0 to 255 joined by dots'],
  [['10.0.0.1/33'], '"33" in "10.0.0.1/33" is not a prefix length: it is a number from 0 to 32'],
  [['10.0.0.1/'], '"" in "10.0.0.1/" is neither a prefix length such as 24 nor a mask such as 255.255.255.0'],
  [['10.0.0.1/-1'], '"-1" in "10.0.0.1/-1" is neither'],
  [
    ['10.0.0.1', '255.0.255.0'],
    '255.0.255.0 is not a mask: its ones do not stand together at the beginning (11111111.00000000.11111111.00000000); 255.0.0.0 would be /8',
  ],
  [['10.0.0.1', '0.255.0.255'], '0.255.0.255 is not a mask'],
  [['10.0.0.1/24', '255.255.255.0'], '"10.0.0.1/24" has a prefix already, and "255.255.255.0" is a mask'],
  [['1.1.1.1', '2.2.2.2', '3.3.3.3'], 'one address or two, not 3'],
])('%o is refused: %s', (words, problem) => {
  expect(() => readStandings(words)).toThrow(RangeError);
  expect(() => readStandings(words)).toThrow(problem);
});

test('parts by number or by size', () => {
  expect(readParts('4')).toEqual({ count: 4 });
  expect(readParts('/26')).toEqual({ length: 26 });
  for (const text of ['1', '0', '/33', '4.5', '', '/', '-2', '99999999999'])
    expect(() => readParts(text), text).toThrow('is not how a network is split');
});

test('wishes with and without names', () => {
  expect(readWishes('50, 20,it=10')).toEqual([{ hosts: 50 }, { hosts: 20 }, { name: 'it', hosts: 10 }]);
  for (const text of ['', '50,', 'a=', '=5', '0', '4294967295', '50;20'])
    expect(() => readWishes(text), text).toThrow('is not a number of hosts');
  expect(() => readWishes(Array.from({ length: 2000 }, () => '1').join(','))).toThrow('2000 networks are more than a plan holds');
});
