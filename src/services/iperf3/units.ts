/** Amounts as iperf3 prints them: three digits and a unit, bytes by 1024 and bits by 1000. */

const PREFIXES = ['', 'K', 'M', 'G', 'T'];

/** `4.12 MBytes` */
export const bytesText = (bytes: number): string => scaled(bytes, 1024, 'Bytes');

/** `4.64 Gbits/sec` @param bits per second */
export const rateText = (bits: number): string => `${scaled(bits, 1000, 'bits')}/sec`;

function scaled(amount: number, base: number, unit: string): string {
  let value = amount;
  let prefix = 0;
  while (value >= base && prefix < PREFIXES.length - 1) {
    value /= base;
    prefix++;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0; // limits at which rounding adds a digit
  return `${value.toFixed(digits).padStart(4)} ${PREFIXES[prefix]}${unit}`;
}
