// The load: creates customers and changes them, several at a time, each customer's changes in order.
import { change, creation } from './changes.mjs';
import { markerOf, Person } from './person.mjs';

const WORKERS = 8;
/** Changes for each customer created, on average; half of them go to people of earlier rounds or of this one. */
const CHANGES_EACH = 2;

/**
 * Adds `count` people to `people` and changes old and new ones. Calls onProgress(0…1) after each write.
 * Returns the number of acknowledged writes.
 */
export async function runLoad({ client, people, count, seed, random, wording, onProgress }) {
  const total = count * (1 + CHANGES_EACH);
  let begun = 0;
  let acknowledged = 0;

  const apply = async (person, made) => {
    const acknowledge = person.attempt(made.after);
    const answer = await client.write(made);
    person.id ??= answer.id;
    person.records += made.records;
    if (made.after.erased) person.caseId = answer.caseId;
    acknowledge(answer.version);
    acknowledged += 1;
    onProgress(acknowledged / total);
  };

  const createOne = async () => {
    const index = people.length;
    const person = Object.assign(new Person(markerOf(seed, index)), { index, records: 0, busy: true });
    people.push(person);
    await apply(person, creation(person, index, random, wording));
    person.busy = false;
  };

  const changeOne = async () => {
    const idle = Array.from({ length: 20 }, () => random.pick(people)).find((person) => !person.busy && person.id && !person.isErased);
    if (!idle) return false;
    idle.busy = true;
    await apply(idle, change(idle, random, wording));
    idle.busy = false;
    return true;
  };

  const work = async () => {
    while (begun < total) {
      const turn = begun;
      begun += 1;
      if (turn % (1 + CHANGES_EACH) !== 0 && people.length > 0 && (await changeOne())) continue;
      await createOne();
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return acknowledged;
}
