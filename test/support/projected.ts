import { ProjectionRpc } from '#register/sync/projection.rpc.js';
import type { TestRegister } from './register.js';

/** The channels for which marketing gets the customer when it asks the register; none for somebody who is not there. */
export async function projected(register: TestRegister, id: string): Promise<string[]> {
  const [row] = await register.database.query<{ ref: string }[]>('SELECT ref FROM customer WHERE id = $1', [id]);
  if (!row) return [];
  const { projections } = await register.app.get(ProjectionRpc, { strict: false }).get({ schema: 'projection.get.v1', refs: [row.ref] });
  return projections.flatMap(({ grants }) => grants.map(({ channel }) => channel));
}
