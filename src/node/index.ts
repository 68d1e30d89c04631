/** Every public name of the outside world, listed by hand. */

export type { CaptureReaderOptions } from './capture-reader.ts';
export { CaptureReader } from './capture-reader.ts';
export { closeOnExit } from './close-on-exit.ts';
export type { DuplexDeviceOptions } from './duplex-device.ts';
export { DuplexDevice } from './duplex-device.ts';
export { HostClock } from './host-clock.ts';
export { startHttpService } from './http-service.ts';
export type { InterfaceChanges, InterfaceState } from './interface-config.ts';
export { configureInterface, readInterface } from './interface-config.ts';
export { connectNet, createConnectionOver, StackAgent } from './net-connect.ts';
export { createHttpServer, StackServer } from './net-server.ts';
export { StackSocket } from './net-socket.ts';
export type { CaptureFileOptions } from './pcap-file.ts';
export { CaptureFile } from './pcap-file.ts';
export type { PlotSvgOptions } from './plot/svg.ts';
export { plotSvg } from './plot/svg.ts';
export { enterPrivateNamespace, isPrivate, NamespaceError } from './private-namespace.ts';
export type { Machine, RunLoopOptions } from './run-loop.ts';
export { RunLoop } from './run-loop.ts';
export { SecureRandom } from './secure-random.ts';
export type { TapOptions } from './tap.ts';
export { TapDevice } from './tap.ts';
export { TapError } from './tap-error.ts';
export type { TapHostOptions } from './tap-host.ts';
export { TapHost } from './tap-host.ts';
export { openTuntap2 } from './tuntap2.ts';
export type { Watch, Watchable } from './wait.ts';
