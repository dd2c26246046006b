import { brokerErrorCode, errorCode } from './error-code.js';

describe('errorCode', () => {
  it('takes the code of an error, be it text or number', () => {
    expect(errorCode(Object.assign(new Error('Aino'), { code: '23505' }))).toBe('23505');
    expect(errorCode(Object.assign(new Error('Aino'), { code: 404 }))).toBe('404');
  });

  it('takes the name of an error without a code', () => {
    expect(errorCode(new TypeError('Aino'))).toBe('TypeError');
  });

  it('says nothing of a code or name that could carry data', () => {
    expect(errorCode(Object.assign(new Error('x'), { code: 'aino@example.fi' }))).toBe('Error');
    expect(errorCode(Object.assign(new Error('x'), { name: 'Aino Virtanen' }))).toBe('unknown');
  });

  it('says unknown for what is no error', () => {
    for (const thrown of ['Aino', undefined, null, 7, {}]) expect(errorCode(thrown)).toBe('unknown');
  });
});

describe('brokerErrorCode', () => {
  it('finds the reply name in the text of a refused handshake', () => {
    expect(brokerErrorCode(new Error('Handshake terminated by server: 403 (ACCESS_REFUSED) with message "…"'))).toBe('ACCESS_REFUSED');
  });

  it('prefers the code of the error', () => {
    expect(brokerErrorCode(Object.assign(new Error('Connection closed: 320 (CONNECTION-FORCED)'), { code: 320 }))).toBe('320');
  });

  it('names what amqplib says in words', () => {
    expect(brokerErrorCode(new Error('Heartbeat timeout'))).toBe('heartbeat-timeout');
  });

  it('falls back to the name', () => {
    expect(brokerErrorCode(new Error('Aino'))).toBe('Error');
  });
});
