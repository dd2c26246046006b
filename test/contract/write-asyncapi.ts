// `npm run asyncapi`: writes the document that asyncapi.spec.ts expects.
import { writeFileSync } from 'node:fs';
import { ASYNCAPI_FILE, asyncApiText } from './asyncapi.js';

writeFileSync(ASYNCAPI_FILE, asyncApiText());
