import { readOrNull } from '../http/read-or-null.ts'

/** The scripts of Unicode 17, common ones first. Letters of a script that the runtime does not know match none. */
const SCRIPTS = `
  Latin Cyrillic Greek Arabic Hebrew Han Hangul Hiragana Katakana Thai Devanagari Armenian Georgian
  Bengali Tamil Adlam Ahom Anatolian_Hieroglyphs Avestan Balinese Bamum Bassa_Vah Batak Beria_Erfe
  Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian
  Chakma Cham Cherokee Chorasmian Coptic Cuneiform Cypriot Cypro_Minoan Deseret Dives_Akuru Dogra
  Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Garay Glagolitic Gothic Grantha Gujarati
  Gunjala_Gondi Gurmukhi Gurung_Khema Hanifi_Rohingya Hanunoo Hatran Imperial_Aramaic
  Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Kawi Kayah_Li Kharoshthi
  Khitan_Small_Script Khmer Khojki Khudawadi Kirat_Rai Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian
  Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek
  Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar
  Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki
  Ol_Onal Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian
  Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau
  Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham
  Sidetic SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Sunuwar Syloti_Nagri Syriac
  Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Tai_Yo Takri Tangsa Tangut Telugu Thaana Tibetan Tifinagh
  Tirhuta Todhri Tolong_Siki Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi
  Zanabazar_Square
`

/** Scripts that are written together (UTS 39 §5.1): Japanese, Korean, and Chinese with Bopomofo. */
const WRITTEN_TOGETHER = ['Han Hiragana Katakana', 'Han Hangul', 'Han Bopomofo']

/**
 * Whether all letters of a text belong to one script, or to scripts that one language writes together (UTS 39 §5.1).
 * Characters that all scripts share, such as digits, do not count.
 */
export function isOfOneScript(text: string): boolean {
  const sets = [...SCRIPTS.trim().split(/\s+/), ...WRITTEN_TOGETHER]
  return sets.some((set) => lettersOf(set)?.test(text))
}

const known = new Map<string, RegExp | null>()

function lettersOf(set: string): RegExp | null {
  const letters = known.get(set)
  if (letters !== undefined) return letters
  const made = compiled([...set.split(' '), 'Common', 'Inherited'])
  known.set(set, made)
  return made
}

function compiled(scripts: string[]): RegExp | null {
  const letters = scripts.map((script) => `\\p{scx=${script}}`).join('')
  return readOrNull(() => new RegExp(`^[${letters}]*$`, 'u'))
}
