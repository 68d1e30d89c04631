/** What got lost and where, in lines for people: by the stack, by the device, by the kernel on the other side. */
import type { InterfaceDescription, StackDescription } from './describe-stack.ts';

/** Where frames are lost, for a row or a line. */
export interface Loss {
  readonly where: string;
  readonly reason: string;
  readonly count: number;
}

/** Every loss that occurred; at most as many as there are reasons. */
export function lossesOf({ drops, interfaces }: Pick<StackDescription, 'drops' | 'interfaces'>): Loss[] {
  const ours = Object.entries(drops).map(([reason, count]) => ({ where: 'the stack', reason, count }));
  return [...ours, ...interfaces.flatMap(lossesOfLink)];
}

function lossesOfLink({ name, device, deviceDrops, kernel }: InterfaceDescription): Loss[] {
  const { sendDropped = 0, sendErrors = 0, receiveDropped = 0, receiveErrors = 0 } = kernel ?? {};
  const losses: Loss[] = [
    ...Object.entries(deviceDrops).map(([reason, count]) => ({ where: `${name}, our side`, reason, count })),
    { where: `${name}, our side`, reason: 'refused for the moment and sent later', count: device['refused'] ?? 0 },
    { where: `${name}, Linux`, reason: 'no room for a frame to us', count: sendDropped },
    { where: `${name}, Linux`, reason: 'a frame to us failed', count: sendErrors },
    { where: `${name}, Linux`, reason: 'a frame of ours not taken in', count: receiveDropped },
    { where: `${name}, Linux`, reason: 'a frame of ours failed', count: receiveErrors },
  ];
  return losses.filter(({ count }) => count > 0);
}

/** Something was lost between the stack and Linux; what was refused and sent later was not. */
export const hasLinkLoss = ({ interfaces }: Pick<StackDescription, 'interfaces'>): boolean =>
  interfaces.some(({ deviceDrops, kernel }) => Object.keys(deviceDrops).length > 0 || (kernel?.sendDropped ?? 0) > 0);

/** One line of what was moved, and one for each loss. */
export function dropSummary(description: Pick<StackDescription, 'drops' | 'interfaces' | 'counters' | 'uptime'>): string[] {
  const { framesIn = 0, framesOut = 0, bytesIn = 0, bytesOut = 0 } = description.counters;
  const losses = lossesOf(description).map(({ where, reason, count }) => `  ${number(count)} by ${where}: ${reason}`);
  const head = `${number(framesIn)} frames in (${number(bytesIn)} bytes), ${number(framesOut)} out (${number(bytesOut)} bytes)`;
  const uptime = `in ${description.uptime.toFixed(1)} s`;
  return losses.length === 0 ? [`${head} ${uptime}; none dropped`] : [`${head} ${uptime}; dropped:`, ...losses];
}

const number = (value: number): string => value.toLocaleString('en');
