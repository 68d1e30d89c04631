/** Every public name of the lab, listed by hand. */
export type { CableDrop, CableEnd, CableOptions } from './cable.ts';
export { Cable } from './cable.ts';
export type { QueueLevel, QueueLimits } from './drop-tail-queue.ts';
export type { Direction, Fault, FaultOptions, FaultScript, Faults } from './faults.ts';
export { carriesTcpData, onNth, scripts } from './faults.ts';
export { FaultyDevice } from './faulty-device.ts';
export type { FaultCounts } from './faulty-path.ts';
export type { HostOptions } from './host.ts';
export { host } from './host.ts';
export type { Clock, Machine, Timed } from './machine.ts';
export type { RunOptions, WorldOptions } from './world.ts';
export { World } from './world.ts';
