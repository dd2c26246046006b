import { runService } from '#service/run-service.js';
import { startRegister } from './register.app.js';
import { readRegisterConfig } from './register.config.js';

await runService('register', readRegisterConfig, startRegister);
