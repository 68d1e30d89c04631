/** What only shows when the options are seen together: addresses that do not fit each other, before anything is opened. */
import { parseInterfaceAddress } from '../../stack/ip/prefix.ts';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import type { FaultRates, NetworkOptions } from './network-options.ts';
import { faultsOf } from './network-options.ts';
import { UsageError } from './usage-error.ts';

type Wanted = Pick<NetworkOptions, 'ip' | 'hostIp' | 'gateway' | 'tap' | 'tapDriver' | 'offload' | 'fault'> &
  FaultRates &
  Recording;
type Recording = Pick<NetworkOptions, 'capture' | 'captureRaw' | 'ring' | 'snap' | 'verbose' | 'explain' | 'series'>;

/** @throws UsageError */
export function checkNetwork(wanted: Wanted): void {
  checkRecording(wanted);
  checkOffload(wanted);
  const { ip, hostIp, gateway, tap, tapDriver } = wanted;
  const { address, prefix } = parseInterfaceAddress(ip);
  if (prefix.length === 32) {
    throw new UsageError(`--ip ${ip} leaves no address for Linux on the link: /31 is the longest prefix, /24 the usual one`);
  }
  if (hostIp !== undefined) {
    const host = parseInterfaceAddress(hostIp);
    if (host.address === address) throw new UsageError(`--ip and --host-ip are both ${hostIp}: each side needs its own address`);
    if (!prefix.contains(host.address)) {
      throw new UsageError(`--host-ip ${hostIp} is outside the network of --ip, ${prefix}: the two could not reach each other`);
    }
  }
  if (gateway !== undefined) checkGateway(gateway, ip);
  if (tapDriver === 'tuntap2' && tap !== undefined) {
    throw new UsageError('the driver tuntap2 names its TAP itself: leave --tap out, or use the built-in driver');
  }
}

function checkGateway(gateway: string, ip: string): void {
  const { address, prefix } = parseInterfaceAddress(ip);
  const router = parseV4(gateway);
  if (router === address) throw new UsageError(`--gateway ${gateway} is the stack's own address: name the router beside it`);
  if (router === undefined || !prefix.contains(router)) {
    throw new UsageError(`--gateway ${gateway} is outside the network of --ip, ${prefix}: a router must be on the link`);
  }
}

/** Only who insists on it is refused. */
function checkOffload({ offload, tapDriver, fault = [], ...rates }: Wanted): void {
  if (offload !== 'on') return;
  if (fault.length > 0 || faultsOf(rates) !== undefined) {
    throw new UsageError('--offload on and faults exclude each other, for a fault hits one frame: leave one of them out');
  }
  if (tapDriver === 'tuntap2') throw new UsageError('--offload on: the driver tuntap2 has none; use the built-in driver');
}

/** The explanations need a place to stand, and the series one of its own. */
function checkRecording(wanted: Recording): void {
  checkSnap(wanted);
  const { capture, captureRaw, verbose, explain, series } = wanted;
  if (explain && (capture ?? captureRaw) === undefined && !verbose) {
    throw new UsageError('--explain says it beside the frames: add --capture FILE.pcapng or --verbose');
  }
  if (explain && capture?.endsWith('.pcap') && !verbose) {
    throw new UsageError(`--explain: the format of ${capture} knows no comments, that of ${capture}ng does`);
  }
  if (captureRaw === '-') throw new UsageError('--capture-raw - : raw frames go into a file, such as raw.pcapng');
  if (captureRaw !== undefined && (captureRaw === capture || captureRaw === series)) {
    throw new UsageError(
      `--capture-raw and --${captureRaw === capture ? 'capture' : 'series'} are both ${captureRaw}: each needs a file of its own`,
    );
  }
  if (series === '-') throw new UsageError('--series - : a series goes into a file, such as run.jsonl');
  if (series !== undefined && series === capture) {
    throw new UsageError(`--series and --capture are both ${series}: each needs a file of its own`);
  }
}

function checkSnap({ capture, captureRaw, ring, snap }: Recording): void {
  if (snap === undefined || (capture ?? captureRaw ?? ring) !== undefined) return;
  throw new UsageError('--snap shortens the frames of a recording: add --capture FILE.pcapng or --ring N');
}
