/** The scenarios of this folder, in the order in which a course would take them inside a chapter. */
import type { Scenario } from '../scenario.ts';
import { chatSession } from './chat.ts';
import { synFloodTwice } from './flood.ts';
import { framesInAStream, uploadWithSize } from './framing.ts';
import { conditionalGet, embeddedObjects, httpUpload, longDocument } from './http.ts';
import { injection } from './injection.ts';
import { twoSites } from './sites.ts';
import { slowUplink } from './slow-uplink.ts';
import { udpLab } from './udp.ts';

export const APP_SCENARIOS: readonly Scenario[] = [
  slowUplink,
  synFloodTwice,
  injection,
  uploadWithSize,
  framesInAStream,
  conditionalGet,
  longDocument,
  embeddedObjects,
  httpUpload,
  udpLab,
  twoSites,
  chatSession,
];
