// Common names in Finland by generation. Order tells how common a name is; weights fall along the list as they do in life.
const words = (text) => text.trim().split(/\s+/);

/** A list with falling weights, for weighted(). */
export const ranked = (list) => list.map((name, rank) => [name, 1 / (rank + 6)]);

const FIRST_NAMES = {
  fi: [
    {
      until: 1959,
      women: words('Ritva Marjatta Leena Pirkko Tuula Anneli Raija Sirkka Eila Kaija Maija Liisa Irma Hilkka Aila Seija Marja Helena Terttu Anja'),
      men: words('Matti Pekka Heikki Erkki Pentti Kari Martti Antti Risto Seppo Raimo Veikko Eero Jorma Esko Tapani Kalevi Timo Reijo Ilkka'),
    },
    {
      until: 1984,
      women: words('Päivi Tiina Sari Minna Anne Johanna Kirsi Katja Hanna Satu Heidi Marika Mari Susanna Outi Virpi Jaana Sanna Elina Maarit Riikka Terhi Niina'),
      men: words('Jari Mika Marko Juha Janne Petri Timo Sami Jukka Kimmo Harri Ari Tomi Jani Vesa Jussi Pasi Mikko Teemu Toni Arto Ville Lauri'),
    },
    {
      until: 9999,
      women: words('Emma Laura Sara Jenna Anni Aino Noora Venla Iida Ella Helmi Veera Emilia Roosa Oona Siiri Aada Elli Linnea Viivi Milla Senja Essi'),
      men: words('Ville Joonas Eetu Jesse Niko Aleksi Elias Oskari Joona Santeri Onni Leevi Eino Väinö Aaro Veeti Niilo Arttu Roope Samuli Otto Topias'),
    },
  ],
  sv: [
    { until: 1969, women: words('Gunilla Birgitta Margareta Marita Carita Solveig Gun-Britt Anita Christina Maj-Lis'), men: words('Göran Kaj Håkan Ralf Bengt Stig Bo Christer Rolf Börje') },
    { until: 9999, women: words('Sofia Emma Linda Amanda Ida Frida Alva Ellen Johanna Malin Sabina Wilma'), men: words('Erik Oscar Anton Emil Robin Linus Axel Sebastian Viktor William Jonas Fredrik') },
  ],
  en: [
    { until: 9999, women: words('Anna Maria Olena Sarah Fatima Linh Priya Natalia Amina Emily Liis Kadri'), men: words('Ahmed Andrei David James Mohammed Minh Arjun Martin Oleksandr Daniel Toomas Thomas') },
  ],
};

const LAST_NAMES = {
  fi: words(`Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen Saarinen Salminen Heinonen
    Niemi Heikkilä Kinnunen Salonen Turunen Laitinen Tuominen Salo Rantanen Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen Ojala Leppänen
    Väisänen Hiltunen Kallio Miettinen Pitkänen Aaltonen Manninen Hakala Koivisto Anttila Laaksonen Hirvonen Lehto Räsänen Laakso Toivonen Mustonen
    Aalto Rautiainen Moilanen Partanen Kettunen Nurmi Peltonen Kemppainen Hänninen Seppälä Salmi Nevalainen Lappalainen Pulkkinen Myllymäki Äijälä
    Ylönen Yli-Korpela Ala-Kauppila Österman`),
  sv: words('Johansson Lindholm Nyman Karlsson Lindström Eriksson Andersson Lindroos Holmberg Sundström Björklund Åkerman Öhman Häggblom Backman Fagerström Wikström Granqvist Sjöblom Nygård Kronqvist Enlund'),
  en: words('Nguyen Ivanova Smith Ali Kowalska Tamm Petrov Hassan Sharma Rossi Müller Johnson Kask García Abdi Chen'),
};

/** A first and a last name that go together. */
export function nameFor(random, language, birthYear) {
  const { women, men } = FIRST_NAMES[language].find(({ until }) => (birthYear ?? 1980) <= until);
  return {
    firstName: random.weighted(ranked(random.chance(0.64) ? women : men)), // more women than men buy party goods
    lastName: random.weighted(ranked(LAST_NAMES[language])),
  };
}
