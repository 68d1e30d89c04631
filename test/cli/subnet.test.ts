/** `tapstack subnet` as its users run it. */
import { afterAll, expect, test } from 'vitest';
import { Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
afterAll(() => tapstack.remove());
const subnet = (...args: readonly string[]) => tapstack.run(['subnet', ...args]);

test('a network with its bits, a pair, parts and a plan, as text', async () => {
  const [one, pair, parts, plan] = await Promise.all([
    subnet('192.168.99.254', '255.255.240.0'),
    subnet('10.0.0.1/24', '10.0.0.200'),
    subnet('192.168.10.0/24', '--split', '3'),
    subnet('192.168.10.0/24', '--hosts', 'sales=50,it=20'),
  ]);
  expect([one, pair, parts, plan].map(({ code, err }) => [code, err])).toEqual(Array(4).fill([0, '']));
  for (const line of [
    /^network +192\.168\.96\.0\/20$/m,
    /^is +a host, number 1,022 of 4,094$/m,
    /^block +192\.168\.0\.0\/16 Private-Use \(RFC 1918\)/m,
    /^address +11000000\.10101000\.01100011\.11111110\nmask +11111111\.11111111\.11110000\.00000000$/m,
    /^ +nnnnnnnn\.nnnnnnnn\.nnnnhhhh\.hhhhhhhh$/m,
  ])
    expect(one.out).toMatch(line);
  expect(pair.out).toMatch(/^same network +yes$/m);
  expect(pair.out).toMatch(/^ +========\.========\.========$/m);
  expect(parts.out).toMatch(/^3 are not a power of two: 4 parts\.\nnetwork .*\n(192\.168\.10\.\d+\/26 .*\n){4}$/);
  expect(plan.out).toMatch(/^sales +50 +192\.168\.10\.0\/26 .*\nit +20 +192\.168\.10\.64\/27 /m);
  expect(plan.out).toMatch(/^96 of the 256 addresses .* free: 192\.168\.10\.96\/27, 192\.168\.10\.128\/25\.$/m);
});

test('the same as data', async () => {
  const { code, out } = await subnet('192.168.10.0/24', '--hosts', '50', '--json');
  expect([code, JSON.parse(out)]).toEqual([
    0,
    expect.objectContaining({ network: '192.168.10.0/24', free: ['192.168.10.64/26', '192.168.10.128/25'] }),
  ]);
});

test.each([
  ['a mask with a hole', ['10.0.0.1', '255.0.255.0'], '255.0.255.0 is not a mask'],
  ['a plan for two addresses', ['10.0.0.1/24', '10.0.0.2', '--hosts', '5'], '--hosts is for one network'],
  ['both', ['10.0.0.0/24', '--split', '4', '--hosts', '5'], 'cannot be used with'],
])('wrong use is one line and exit code 2: %s', async (_, args, problem) => {
  const { code, out, err } = await subnet(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^tapstack: .*\n$/);
  expect(err).toContain(problem);
});
