/** A process of its own for what needs no network, so that nothing else is in its heap. Prints `ready`. */
import { exchange } from './big-lab.js';
import { idleConnection } from './idle-connections.js';
import { reportToParent } from './self-report.js';
import { transfer } from './transfer.js';

reportToParent({ transfer, lab: ({ datagrams }) => exchange(datagrams), idle: ({ count }) => idleConnection(count) });
console.log('ready');
