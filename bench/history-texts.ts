// Texts for a large history: Chinese talk with some English, by a frequency that falls off as in real texts, with rare characters. From
// a seed, so that every run is the same.
import { createSeededRandom } from "../src/node/random.js";

const characters = Array.from(
  "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理世车量",
);
const words =
  "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who now find long down day did get come made may part meeting report server printer office lunch http www com error update version linux".split(
    " ",
  );

export function historyTexts(seed: number): { next(): string } {
  const random = createSeededRandom(seed);
  const unit = (): number => random.uint32() / 2 ** 32;
  const skewed = (count: number): number => Math.floor(count * unit() ** 3);
  const chinese = (): string => {
    let text = "";
    const length = 4 + skewed(40);
    for (let index = 0; index < length; index++) {
      text +=
        unit() < 0.03
          ? String.fromCodePoint(0x4e00 + Math.floor(unit() * 8_000))
          : (characters[skewed(characters.length)] ?? "");
    }
    return unit() < 0.3 ? `${text}，${words[skewed(words.length)] ?? ""}` : text;
  };
  const english = (): string =>
    Array.from({ length: 2 + skewed(14) }, () => words[skewed(words.length)]).join(" ");
  return { next: () => (unit() < 0.75 ? chinese() : english()) };
}

/** Pieces of the samples, so many characters long. */
export function needlesOf(samples: readonly string[], length: number, count: number): readonly string[] {
  const random = createSeededRandom(length);
  const fitting = samples.map((text) => Array.from(text)).filter((text) => text.length >= length);
  return Array.from({ length: count }, () => {
    const text = fitting[random.uint32() % fitting.length] ?? [];
    const at = random.uint32() % (text.length - length + 1);
    return text.slice(at, at + length).join("");
  });
}
