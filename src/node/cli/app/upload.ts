/** `tapstack app upload`: files, each with its size in front, and the server's receipts compared with what was sent. */
import { createHash } from 'node:crypto';
import { upload } from '../../../services/apps/upload.ts';
import type { NetworkOptions } from '../network-options.ts';
import { checkFiles, fileAt, withClient } from './client.ts';

/** @returns 0 when the server has got every byte */
export function uploadFiles(address: string, port: number, paths: readonly string[], options: NetworkOptions): Promise<number> {
  checkFiles(paths);
  return withClient(address, port, options, async ({ stack, time, to, print }) => {
    const files = paths.map(fileAt);
    const receipts = await upload(stack, to, files, { time });
    let isGood = true;
    for (const [index, { name, bytes }] of files.entries()) {
      const receipt = receipts[index];
      const isSame = receipt?.size === bytes.length && receipt.sha256 === createHash('sha256').update(bytes).digest('hex');
      print(`${name}: ${bytes.length} bytes, ${isSame ? `SHA-256 ${receipt.sha256}` : 'and the server has got something else'}`);
      isGood &&= isSame;
    }
    return isGood ? 0 : 1;
  });
}
