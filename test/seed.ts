/** Of every test file: what a failure leaves behind, and the properties' cases: the same ones in every run, so that a change is judged by what it changes; others by TAPSTACK_SEED. */
import fc from 'fast-check';
import './left-behind.ts';

fc.configureGlobal({ seed: Number(process.env['TAPSTACK_SEED'] ?? 20_261_123) });
