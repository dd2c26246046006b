import { type LoggedReader, readerShown } from './reader-shown.js';

const staff: LoggedReader = { kind: 'staff', name: 'aino', roles: ['register-staff'] };

describe('who read the data', () => {
  it('is told to the person by role, and to the data-protection contact by name', () => {
    expect(readerShown(staff, 'person')).toEqual({ kind: 'staff', roles: ['register-staff'], name: null });
    expect(readerShown(staff, 'data-protection')).toEqual(staff);
  });

  it('is named when it is a program, and never by the id of a customer', () => {
    expect(readerShown({ kind: 'program', name: 'shop', roles: [] }, 'person').name).toBe('shop');
    for (const viewer of ['person', 'data-protection'] as const) expect(readerShown({ kind: 'customer', name: 'id', roles: [] }, viewer).name).toBeNull();
  });
});
