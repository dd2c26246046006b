// The texts under which the sample's consents were given: one for each channel, and a second version of the newsletter's.

/** Wording id and version by channel; `since` is the day from which a version was shown. */
export const SHOWN = {
  email: [
    { id: 'newsletter', version: 1, since: '2024-01-01' },
    { id: 'newsletter', version: 2, since: '2024-10-01' },
  ],
  sms: [{ id: 'text-messages', version: 1, since: '2024-01-01' }],
  phone: [{ id: 'phone-calls', version: 1, since: '2024-01-01' }],
  post: [{ id: 'catalogue-by-post', version: 1, since: '2024-01-01' }],
};

export const LANGUAGES = ['fi', 'sv', 'en'];

const TEXTS = {
  'newsletter 1': {
    fi: 'Haluan Confetin uutiskirjeen sähköpostiini. Voin perua sen milloin tahansa.',
    sv: 'Jag vill få Confettis nyhetsbrev till min e-post. Jag kan avsluta det när som helst.',
    en: 'I would like to get the Confetti newsletter by email. I can stop it at any time.',
  },
  'newsletter 2': {
    fi: 'Confetti saa lähettää minulle sähköpostilla juhlavinkkejä ja tarjouksia, enintään kerran viikossa. Voin perua luvan milloin tahansa jokaisen viestin linkistä tai omilta sivuiltani. Luvan antaminen tai epääminen ei vaikuta tilauksiini.',
    sv: 'Confetti får skicka festtips och erbjudanden till min e-post, högst en gång i veckan. Jag kan återkalla mitt samtycke när som helst via länken i varje meddelande eller på mina sidor. Samtycket påverkar inte mina beställningar.',
    en: 'Confetti may send me party tips and offers by email, once a week at most. I can withdraw my consent at any time, by the link in every message or in my account. My choice does not affect my orders.',
  },
  'text-messages 1': {
    fi: 'Confetti saa lähettää minulle tarjouksia tekstiviestillä, enintään kaksi kertaa kuukaudessa. Voin perua luvan milloin tahansa vastaamalla STOP tai omilta sivuiltani.',
    sv: 'Confetti får skicka erbjudanden till mig per sms, högst två gånger i månaden. Jag kan återkalla mitt samtycke när som helst genom att svara STOP eller på mina sidor.',
    en: 'Confetti may send me offers by text message, twice a month at most. I can withdraw my consent at any time by answering STOP or in my account.',
  },
  'phone-calls 1': {
    fi: 'Confetti saa soittaa minulle ja kertoa juhlapalveluistaan. Voin perua luvan milloin tahansa puhelun aikana tai omilta sivuiltani.',
    sv: 'Confetti får ringa mig och berätta om sina festtjänster. Jag kan återkalla mitt samtycke när som helst under samtalet eller på mina sidor.',
    en: 'Confetti may call me about its party services. I can withdraw my consent at any time during a call or in my account.',
  },
  'catalogue-by-post 1': {
    fi: 'Confetti saa lähettää minulle kuvastonsa postitse, enintään neljä kertaa vuodessa. Voin perua luvan milloin tahansa omilta sivuiltani tai asiakaspalvelusta.',
    sv: 'Confetti får skicka sin katalog till mig per post, högst fyra gånger om året. Jag kan återkalla mitt samtycke när som helst på mina sidor eller hos kundtjänsten.',
    en: 'Confetti may send me its catalogue by post, four times a year at most. I can withdraw my consent at any time in my account or through customer service.',
  },
};

/** Every wording to register: { id, version, language, purpose, text }. */
export const WORDINGS = Object.entries(TEXTS).flatMap(([name, texts]) => {
  const [id, version] = name.split(' ');
  return LANGUAGES.map((language) => ({ id, version: Number(version), language, purpose: 'marketing', text: texts[language] }));
});

/** The wording shown for a channel on a day (ISO 8601). */
export const shownOn = (channel, day) => SHOWN[channel].findLast(({ since }) => since <= day) ?? SHOWN[channel][0];
