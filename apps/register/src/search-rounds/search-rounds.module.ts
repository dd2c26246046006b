import { Module } from '@nestjs/common';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { CaseClosing } from './case-closing.service.js';
import { NeedlesRpc } from './needles.rpc.js';
import { OwnStores } from './own-stores.service.js';
import { SearchConnections } from './search-connections.service.js';
import { SearchRound } from './search-round.service.js';
import { SearchRoundsMetrics } from './search-rounds.metrics.js';
import { SearchRoundsTask } from './search-rounds-task.service.js';
import { SearchedConsumer } from './searched.consumer.js';
import { SoughtCases } from './sought-cases.service.js';

/** Searches every store again for those who are erased, until nothing of them is found. */
@Module({
  imports: [CertificatesModule],
  controllers: [NeedlesRpc, SearchedConsumer],
  providers: [SoughtCases, SearchConnections, OwnStores, CaseClosing, SearchRound, SearchRoundsTask, SearchRoundsMetrics],
})
export class SearchRoundsModule {}
