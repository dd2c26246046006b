import { Global, Module } from '@nestjs/common';
import { Reader } from './reader.service.js';

/** Global, because every room that reads persons goes through it. */
@Global()
@Module({ providers: [Reader], exports: [Reader] })
export class AccessLogModule {}
