/** Every public name of the lab, listed by hand. */
export { parseZone, Zone, ZoneError, zoneOf } from '../services/dns/index.ts';
export type { ArpStation, Expectation, ForgedArp, ForgedSegment, Forgery } from './by-meaning/forge.ts';
export { forgedArp, forgedSegment, reset } from './by-meaning/forge.ts';
export type { ForgedRedirect } from './by-meaning/forge-icmp.ts';
export { forgedRedirect } from './by-meaning/forge-icmp.ts';
export { faultsByMeaning } from './by-meaning/plan.ts';
export type { Selector } from './by-meaning/selector.ts';
export {
  arpReplies,
  arpRequests,
  data,
  datagrams,
  echoReplies,
  echoRequests,
  everyRetransmissionOf,
  fin,
  fragments,
  frames,
  icmpErrors,
  pureAcks,
  range,
  retransmissionOf,
  retransmissions,
  rst,
  segments,
  syn,
  synAck,
} from './by-meaning/selectors.ts';
export { parseFault } from './by-meaning/sentence.ts';
export type { FaultRule, Occasion } from './by-meaning/verbs.ts';
export { corruptByte, delay, duplicate, holdBack, inject, injectAt, lose, mark, replay, swap } from './by-meaning/verbs.ts';
export type { WireEnds } from './by-meaning/wire.ts';
export { FaultSentenceError } from './by-meaning/words.ts';
export type { CableDrop, CableEnd, CableOptions } from './cable.ts';
export { Cable } from './cable.ts';
export type { QueueLevel, QueueLimits } from './drop-tail-queue.ts';
export type { Direction, Fault, FaultOptions, FaultScript, Faults, Gate, Injection, TimedInjection } from './faults.ts';
export { carriesTcpData, onNth, scripts } from './faults.ts';
export { FaultyDevice } from './faulty-device.ts';
export type { FaultCounts } from './faulty-path.ts';
export type { FirewallDrop, FirewallOptions } from './firewall/firewall.ts';
export { Firewall } from './firewall/firewall.ts';
export { parseRule, RuleError } from './firewall/parse-rule.ts';
export type { Action, Chain, Rule } from './firewall/rule.ts';
export type { HostOptions } from './host.ts';
export { host } from './host.ts';
export type { Clock, Machine, Timed } from './machine.ts';
export type { Forward } from './nat/forward.ts';
export type { NatEvent } from './nat/nat.ts';
export { Nat } from './nat/nat.ts';
export type { Dependence, NatOptions } from './nat/options.ts';
export type { LabDefinition, LabStage } from './network/lab-definition.ts';
export { lab } from './network/lab-definition.ts';
export type { Layer3SwitchOptions } from './network/layer3-switch.ts';
export { Layer3Switch } from './network/layer3-switch.ts';
export type { MiddleboxOptions } from './network/middlebox.ts';
export type { NetHostParts, Serve, Target } from './network/net-host.ts';
export { NetHost } from './network/net-host.ts';
export { NetHub, NetSwitch } from './network/net-switch.ts';
export type { NetTapOptions } from './network/net-tap.ts';
export { NetTap } from './network/net-tap.ts';
export type { NetCable, NetCableOptions, NetHostOptions, NetRouterOptions, NetworkOptions } from './network/network.ts';
export { Network } from './network/network.ts';
export type { NetNode, Plug } from './network/node.ts';
export { Port } from './network/port.ts';
export { Recording } from './network/recording.ts';
export type { NetPortOptions, StationOptions } from './network/station.ts';
export type { Table, TableKind } from './network/table.ts';
export { tableText, tableTitle } from './network/table.ts';
export type { TableChange } from './network/table-watch.ts';
export type { Topology, TopologyEnd, TopologyLink, TopologyNode } from './network/topology.ts';
export type { RouterOptions, RouterPort } from './router.ts';
export { Router, router } from './router.ts';
export type { TreeRow, TreeView } from './switching/bridge-tree.ts';
export type { HubOptions, HubPort } from './switching/hub.ts';
export { Hub } from './switching/hub.ts';
export type { MirrorOptions, PortOptions, PortSecurity, SwitchOptions } from './switching/port-options.ts';
export type { MacRow } from './switching/switch.ts';
export { Switch } from './switching/switch.ts';
export type { SwitchEvent } from './switching/switch-event.ts';
export { describeSwitchEvent } from './switching/switch-event.ts';
export type { PortCounters, SwitchDrop, SwitchPort } from './switching/switch-port.ts';
export type { SpanningTreeOptions, TreePortSettings } from './switching/tree/options.ts';
export { VlanDevice, VlanTrunk } from './switching/vlan-device.ts';
export { Timers } from './timers.ts';
export type { RunOptions, WorldOptions } from './world.ts';
export { World } from './world.ts';
