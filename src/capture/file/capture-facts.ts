/** What a reader has learnt of a file so far, with limits on what one file may make it keep. */
import type { CapturedInterface, CaptureInfo } from './capture-data.ts';
import { MAX_ENTRIES } from './capture-data.ts';
import type { InterfaceStatistics } from './pcapng.ts';

export class CaptureFacts implements CaptureInfo {
  format: CaptureInfo['format'] = 'unknown';
  variant = '';
  application = '';
  hardware = '';
  os = '';
  readonly comments: string[] = [];
  readonly interfaces: CapturedInterface[] = [];
  readonly statistics = new Map<number, InterfaceStatistics>();
  readonly names = new Map<string, string[]>();
  readonly otherBlocks = new Map<string, number>();

  /** Several programs may have added names for the same address; each name is kept once. */
  addName(address: string, name: string): void {
    const known = this.names.get(address);
    if (known === undefined) {
      if (this.names.size < MAX_ENTRIES) this.names.set(address, [name]);
    } else if (known.length < 100 && !known.includes(name)) known.push(name);
  }

  addComment(text: string): void {
    if (this.comments.length < 1000) this.comments.push(text);
  }

  countBlock(name: string): void {
    if (this.otherBlocks.size < 1000 || this.otherBlocks.has(name))
      this.otherBlocks.set(name, (this.otherBlocks.get(name) ?? 0) + 1);
  }
}
