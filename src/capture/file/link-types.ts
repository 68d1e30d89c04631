/** Names of LINKTYPE values: what the frames of an interface begin with. */

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'BSD loopback'],
  [1, 'Ethernet'],
  [6, 'Token Ring'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [12, 'raw IP'],
  [14, 'raw IP'],
  [101, 'raw IP'],
  [105, 'IEEE 802.11'],
  [108, 'OpenBSD loopback'],
  [113, 'Linux cooked, version 1'],
  [127, 'IEEE 802.11 with radiotap'],
  [147, 'user-defined 0'],
  [189, 'USB of Linux'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth HCI'],
  [227, 'CAN of Linux'],
  [228, 'IPv4'],
  [229, 'IPv6'],
  [253, 'netlink'],
  [276, 'Linux cooked, version 2'],
]);

export const linkTypeName = (linkType: number): string => NAMES.get(linkType) ?? `link type ${linkType}`;
