import { runService } from '#service/run-service.js';
import { startMarketing } from './marketing.app.js';
import { readMarketingConfig } from './marketing.config.js';

await runService('marketing', readMarketingConfig, startMarketing);
