/** The numbers of pcapng, draft-ietf-opsawg-pcapng: blocks and options, in one place for writer and reader. */

/** The same in both byte orders. */
export const SECTION_HEADER = 0x0a0d_0d0a;
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;

export const INTERFACE_DESCRIPTION = 1;
/** The obsolete packet block, with interface and drop count in 16 bits. */
export const PACKET = 2;
export const SIMPLE_PACKET = 3;
export const NAME_RESOLUTION = 4;
export const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

/** Blocks that are stepped over, by name: what they hold is not frames. */
export const OTHER_BLOCKS: ReadonlyMap<number, string> = new Map([
  [7, 'IRIG timestamp'],
  [8, 'ARINC 429'],
  [9, 'systemd journal'],
  [10, 'decryption secrets'],
  [0x101, 'Hone project machine info'],
  [0x102, 'Hone project connection'],
  [0x201, 'sysdig machine info'],
  [0x202, 'sysdig processes'],
  [0x203, 'sysdig file descriptors'],
  [0x204, 'sysdig event'],
  [0xbad, 'custom'],
  [0x4000_0bad, 'custom, not to be copied'],
]);

/** In every block. */
export const OPTION = { end: 0, comment: 1 } as const;
export const SECTION_OPTION = { hardware: 2, os: 3, application: 4 } as const;
export const INTERFACE_OPTION = {
  name: 2,
  description: 3,
  ipv4: 4,
  ipv6: 5,
  mac: 6,
  speed: 8,
  resolution: 9,
  filter: 11,
  os: 12,
  timeOffset: 14,
} as const;
export const PACKET_OPTION = { flags: 2, dropped: 4 } as const;
export const STATISTICS_OPTION = { startTime: 2, endTime: 3, received: 4, dropped: 5 } as const;
export const NAME_RECORD = { end: 0, ipv4: 1, ipv6: 2 } as const;
