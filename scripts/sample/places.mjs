// Places in Finland with their postal codes, how many live there (thousands), and how many of them speak Swedish (share).
const place = (city, citySv, weight, swedish, codes) => ({ city, citySv, weight, swedish, postalCodes: codes.split(' ') });

const PLACES = [
  place('Helsinki', 'Helsingfors', 664, 0.055, '00100 00120 00150 00180 00200 00250 00320 00400 00500 00530 00550 00640 00700 00800 00840 00900 00940 00970'),
  place('Espoo', 'Esbo', 305, 0.065, '02100 02130 02150 02200 02230 02320 02600 02620 02770'),
  place('Tampere', 'Tammerfors', 250, 0.005, '33100 33200 33210 33400 33500 33540 33720 33820'),
  place('Vantaa', 'Vanda', 243, 0.022, '01300 01350 01400 01510 01600 01620 01700'),
  place('Oulu', 'Uleåborg', 212, 0.002, '90100 90120 90140 90500 90540 90650 90800'),
  place('Turku', 'Åbo', 198, 0.055, '20100 20500 20520 20540 20610 20720 20810'),
  place('Jyväskylä', 'Jyväskylä', 146, 0.002, '40100 40200 40320 40500 40740'),
  place('Kuopio', 'Kuopio', 122, 0.001, '70100 70110 70200 70420 70820'),
  place('Lahti', 'Lahtis', 120, 0.004, '15100 15110 15140 15200 15610 15900'),
  place('Pori', 'Björneborg', 83, 0.005, '28100 28120 28300 28500'),
  place('Kouvola', 'Kouvola', 79, 0.004, '45100 45120 45130'),
  place('Joensuu', 'Joensuu', 77, 0.001, '80100 80110 80130 80220'),
  place('Lappeenranta', 'Villmanstrand', 72, 0.002, '53100 53200 53300 53850'),
  place('Vaasa', 'Vasa', 68, 0.23, '65100 65200 65230 65280'),
  place('Hämeenlinna', 'Tavastehus', 68, 0.004, '13100 13130 13200 13500'),
  place('Seinäjoki', 'Seinäjoki', 65, 0.002, '60100 60120 60220'),
  place('Rovaniemi', 'Rovaniemi', 64, 0.002, '96100 96200 96400'),
  place('Mikkeli', 'S:t Michel', 52, 0.002, '50100 50130 50170'),
  place('Porvoo', 'Borgå', 51, 0.28, '06100 06150 06400'),
  place('Salo', 'Salo', 51, 0.01, '24100 24240 24260'),
  place('Kotka', 'Kotka', 51, 0.01, '48100 48210 48600'),
  place('Kokkola', 'Karleby', 48, 0.125, '67100 67200 67400'),
  place('Hyvinkää', 'Hyvinge', 47, 0.008, '05800 05820 05900'),
  place('Järvenpää', 'Träskända', 46, 0.009, '04400 04410 04430'),
  place('Lohja', 'Lojo', 45, 0.033, '08100 08150 08200'),
  place('Tuusula', 'Tusby', 42, 0.013, '04300 04310'),
  place('Kirkkonummi', 'Kyrkslätt', 41, 0.155, '02400'),
  place('Kerava', 'Kervo', 38, 0.011, '04200 04220 04230'),
  place('Rauma', 'Raumo', 38, 0.004, '26100 26200'),
  place('Kajaani', 'Kajana', 36, 0.001, '87100 87200'),
  place('Nokia', 'Nokia', 35, 0.003, '37100 37120'),
  place('Savonlinna', 'Nyslott', 31, 0.001, '57100 57200'),
  place('Iisalmi', 'Idensalmi', 20, 0.001, '74100'),
  place('Pietarsaari', 'Jakobstad', 19, 0.55, '68600'),
  place('Kemi', 'Kemi', 19, 0.002, '94100'),
  place('Parainen', 'Pargas', 15, 0.55, '21600'),
  place('Tammisaari', 'Ekenäs', 14, 0.8, '10600'),
  place('Maarianhamina', 'Mariehamn', 12, 0.84, '22100'),
  place('Närpiö', 'Närpes', 9, 0.77, '64200'),
  place('Sodankylä', 'Sodankylä', 8, 0.001, '99600'),
].map((one) => [one, one.weight]);

const STREETS = {
  fi: 'Koulukatu Kirkkokatu Asemakatu Rantatie Kauppakatu Mannerheimintie Hämeenkatu Koivutie Mäntytie Kuusitie Puistokatu Satamakatu Pihlajatie Vuorikatu Metsätie Lehtotie Niittytie Myllytie Torikatu Tehtaankatu Peltotie Ketunpolku Mustikkatie Kalliokuja Leppäkuja Männikkötie'.split(' '),
  sv: 'Storgatan Skolgatan Kyrkogatan Strandvägen Skepparegatan Björkvägen Tallvägen Parkgatan Hamngatan Rådhusgatan Skogsvägen Ängsvägen Kvarnvägen Norra_Esplanadgatan'.split(' '),
};

export const placeFor = (random) => random.weighted(PLACES);

/** A postal address in the language that the person uses there. */
export function addressFor(random, { city, citySv, postalCodes }, language) {
  const swedish = language === 'sv';
  const street = random.pick(STREETS[swedish ? 'sv' : 'fi']).replaceAll('_', ' ');
  const flat = random.chance(0.55) ? ` ${random.pick([...'ABCDEFG'])} ${random.between(1, 68)}` : '';
  return { street: `${street} ${random.between(1, 74)}${flat}`, postalCode: random.pick(postalCodes), city: swedish ? citySv : city, country: 'FI' };
}
