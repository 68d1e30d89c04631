/** `--tcp NAME=VALUE`: what it takes, and what it says of the rest. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tcpSettings } from '../../src/node/cli/tcp-settings.ts';
import { DEFAULTS } from '../../src/stack/tcp/options.ts';

test.each([
  ['sack=off', { sack: false }],
  ['sack=false,noDelay=on', { sack: false, noDelay: true }],
  ['ackDelay=0', { ackDelay: 0 }],
  ['fixedRto=1.5s, minRto=300us', { fixedRto: 1_500_000, minRto: 300 }],
  ['initialWindow=1', { initialWindow: 1 }],
  ['initialSequence=4294967295', { initialSequence: 0xffff_ffff }],
  ['congestionControl=unlimited', { congestionControl: 'unlimited' }],
  ['windowProbe=old-number', { windowProbe: 'old number' }],
  ['idleRestart=initial window', { idleRestart: 'initial window' }],
])('%s', (text, settings) => {
  expect(tcpSettings(text)).toEqual(settings);
});

test('a later --tcp adds to an earlier one, and wins', () => {
  expect(tcpSettings('sack=on,ttl=3', tcpSettings('sack=off,noDelay=on'))).toEqual({ sack: true, noDelay: true, ttl: 3 });
});

test.each([
  ['sack', 'an option of TCP is written NAME=VALUE, such as sack=off,ackDelay=0'],
  ['=1', 'an option of TCP is written NAME=VALUE, such as sack=off,ackDelay=0'],
  ['sack=maybe', 'sack is on or off'],
  ['ackDelay=soon', 'ackDelay is a time such as 20ms, 1.5s or 300us'],
  ['initialWindow=-1', 'initialWindow is a whole number from 0 to 2147483647'],
  ['ttl=0', 'ttl is a whole number from 1 to 255'],
  ['congestionControl=vegas', 'congestionControl is cubic, reno, unlimited'],
  ['windowProbe=x', 'windowProbe is octet, old-number'],
])('refused: %s', (text, line) => {
  expect(() => tcpSettings(text)).toThrow(line);
});

test('an unknown name is answered with all that there are, on one line', () => {
  expect(() => tcpSettings('tahoe=on')).toThrow(/^TCP has no option "tahoe"; it has [^\n]*abortOnClose, [^\n]*windowScale$/);
});

test.each(['backlogRule', 'congestionControl', 'ecn', 'idleRestart', 'minRtoBounds', 'nagle', 'push', 'windowProbe'] as const)(
  '%s is a word, and can be set to what it is anyway',
  (name) => {
    expect(tcpSettings(`${name}=${DEFAULTS[name]}`)).toEqual({ [name]: DEFAULTS[name] });
  },
);

test('every option that is a time is read as one', () => {
  const folder = new URL('../../src/stack/tcp/options/', import.meta.url);
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const times = texts.flatMap((text) => [...text.matchAll(/^ {2}readonly (\w+): Micros;/gm)].map(([, name = '']) => name));
  const settable = times.filter((name) => Object.hasOwn(DEFAULTS, name));
  expect(settable.length).toBeGreaterThan(10);
  for (const name of settable) expect(tcpSettings(`${name}=1.5s`)).toEqual({ [name]: 1_500_000 });
});
